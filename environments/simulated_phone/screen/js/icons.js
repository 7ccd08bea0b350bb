// The icons, drawn on a grid of 24 by 24. Each is the inside of an <svg>; lines take the colour of the text around them.

const line = (d) =>
  `<path d="${d}" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`;
const shape = (d) => `<path d="${d}" fill="currentColor"/>`;

const ICONS = {
  add: line("M12 5v14M5 12h14"),
  airplane: shape(
    "M21 15.5v-1.8l-7.6-4.7V4.2a1.4 1.4 0 0 0-2.8 0V9L3 13.7v1.8l7.6-2.4v4.8L8.4 19.5V21l3.6-1 3.6 1v-1.5l-2.2-1.6v-4.8z",
  ),
  alarm: line("M12 9v4l2.5 2M4 4.5 7 2.3M20 4.5 17 2.3M12 6a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z"),
  back: line("M19 12H5M11 6l-6 6 6 6"),
  backspace: line("M9 5h11v14H9l-6-7zM12 9.5l5 5M17 9.5l-5 5"),
  bank: line("M4 9.5 12 4.5l8 5zM6 10v7M10 10v7M14 10v7M18 10v7M4 20h16"),
  battery: shape("M10 3h4v1.6h2.2c.6 0 1 .4 1 1V21c0 .6-.4 1-1 1H7.8c-.6 0-1-.4-1-1V5.6c0-.6.4-1 1-1H10z"),
  bell: line("M12 3.5a5.5 5.5 0 0 0-5.5 5.5v4L5 16.5h14L17.5 13V9A5.5 5.5 0 0 0 12 3.500zM10 19.500a2 2 0 0 0 4 0"),
  bluetooth: line("M7 8l10 8-5 4V4l5 4-10 8"),
  bookmark: line("M7 4h10v16l-5-4-5 4z"),
  brightness: line(
    "M12 8.500a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4",
  ),
  calendar: line("M5 6h14v14H5zM5 10.500h14M9 3.500V7M15 3.500V7"),
  check: line("M5 12.500l4.5 4.500L19 7.5"),
  chevron: line("M9.5 6l6 6-6 6"),
  clock: line("M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 7.500V12l3 2"),
  close: line("M6 6l12 12M18 6L6 18"),
  contact: shape("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm0 2c-4 0-8 1.9-8 5v1h16v-1c0-3.1-4-5-8-5z"),
  dark: shape("M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z"),
  edit: line("M4.5 19.500l1-4L16 5l3 3L8.5 18.500zM14 7l3 3"),
  enter: line("M19 6v6H6M10 8l-4 4 4 4"),
  file: line("M7 3.500h7l4 4v13H7zM14 3.500v4h4"),
  folder: shape("M4 5.500h5.500l2 2H20a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6.500a1 1 0 0 1 1-1z"),
  globe: line("M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM4.5 12h15M12 4c-5 5-5 11 0 16M12 4c5 5 5 11 0 16"),
  home: line("M12 6.500a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z"),
  info: line("M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8v.01"),
  keyboard: line("M3.5 7h17v10h-17zM7 10.500v.01M10.3 10.500v.01M13.7 10.500v.01M17 10.500v.01M8.5 14h7"),
  language: line("M4 7h9M8.5 5v2M11 7c-1 4-3 6-6.5 8M6.5 9.500c1 2.5 2.5 4 5 5.500M12.5 20l4-9.5 4 9.500M14 16.800h5"),
  lock: line("M6.5 11h11v9h-11zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"),
  message: line("M4 5h16v11H9l-5 4z"),
  more: shape(
    "M12 7a1.7 1.7 0 1 0 0-3.400A1.7 1.7 0 0 0 12 7zm0 6.700a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400zm0 6.700a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400z",
  ),
  mobile: shape("M3 20.5 20.5 3v17.500z"),
  mute: line("M4 9.500v5h3.500L12 19V5L7.5 9.500zM16 9.500l5 5M21 9.500l-5 5"),
  navback: line("M15.5 5.500v13L6.5 12z"),
  note: line("M5 4.500h14v9.500l-5.5 5.500H5zM13.5 19.500V14H19M8.5 9h7M8.5 12.500h4"),
  password: line("M15 8.500a3.5 3.5 0 1 0-3.3 4.700L4.5 20.500M7.5 17.500l2 2M12 8.500v.01"),
  phone: shape(
    "M6.6 3.5 9.5 4l1.2 4-2 1.800c1.2 2.3 3.2 4.3 5.5 5.500l1.8-2 4 1.2.500 2.900c.1 1.3-1 2.6-2.6 2.600C10.5 20 4 13.5 4 6.100c0-1.5 1.3-2.7 2.6-2.600z",
  ),
  power: line("M12 4v8M7 7a7 7 0 1 0 10 0"),
  recents: line("M7 7h10v10H7z"),
  reload: line("M19 12a7 7 0 1 1-2-5M19.5 4v4h-4"),
  rotate: line("M8.5 4.500h7v15h-7zM4.5 9.500a9 9 0 0 0 0 5M19.5 9.500a9 9 0 0 1 0 5"),
  search: line("M10.5 5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM15 15l5 5"),
  send: shape("M3.5 20.5 21 12 3.5 3.500v6.600L15 12 3.5 13.900z"),
  settings: line(
    "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM10.5 3h3l.5 2.6 1.8 1 2.5-.9 1.5 2.6-2 1.700v2l2 1.7-1.5 2.6-2.5-.9-1.8 1-.5 2.600h-3l-.5-2.6-1.8-1-2.5.9-1.5-2.6 2-1.700v-2l-2-1.7 1.5-2.6 2.5.9 1.8-1z",
  ),
  shift: line("M12 4.5 4.5 12H9v7.500h6V12h4.500z"),
  star: line("M12 4l2.5 5.2 5.5.8-4 4 1 5.5-5-2.7-5 2.7 1-5.5-4-4 5.5-.8z"),
  stopwatch: line("M12 7a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM12 10.500V14M9.5 3h5M18 6.500l1.5 1.5"),
  storage: line("M6 3.500h8l4 4v13H6zM9 7v3M12 7v3"),
  text: line("M5 7V5h14v2M12 5v14M9 19h6"),
  timer: line("M7 4h10M7 20h10M8 4v3.500l8 9V20M16 4v3.500l-8 9V20"),
  trash: line("M5 7h14M9.5 7V4.500h5V7M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5"),
  vibrate: line("M8.5 5h7v14h-7zM4.5 9v6M19.5 9v6"),
  volume: line("M4 9.500v5h3.500L12 19V5L7.5 9.500zM15.5 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11"),
  wifi: line("M3 9.500a13 13 0 0 1 18 0M6.3 13a8.5 8.5 0 0 1 11.4 0M9.5 16.500a4 4 0 0 1 5 0M12 19.800v.01"),
};

/** Returns an <svg> element that shows the icon; screen readers and the UI tree ignore it. */
export function icon(name, size = 24) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = ICONS[name];
  return svg;
}
