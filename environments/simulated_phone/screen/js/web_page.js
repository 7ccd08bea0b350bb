// The web page that the browser shows: it is another site's, so it is accessed by messages, which look.js answers.

const ANSWER_MS = 500;

let next = 1;

/** Asks the page in a frame; null if nothing in it answers. */
export function ask(frame, question) {
  const id = next++;
  return new Promise((resolve) => {
    const end = (answer) => {
      window.removeEventListener("message", hear);
      clearTimeout(timer);
      resolve(answer);
    };
    const hear = ({ source, data }) => {
      if (source === frame.contentWindow && data?.handeye === "answer" && data.id === id) end(data);
    };
    const timer = setTimeout(() => end(null), ANSWER_MS);
    window.addEventListener("message", hear);
    frame.contentWindow.postMessage({ ...question, handeye: id }, "*");
  });
}

/** Calls `tell` with {field, tapped} when a page says which of its fields has the focus. */
export function onFocus(frame, tell) {
  window.addEventListener("message", ({ source, data }) => {
    if (data?.handeye === "focus" && source === frame()?.contentWindow) tell(data);
  });
}
