// What a phone holds when it is new.

import { KEYBOARD } from "./catalog.js";

const folder = (mtime) => ({ directory: true, size: 0, mtime });
const text = (content, mtime) => ({
  directory: false,
  size: new TextEncoder().encode(content).length,
  mtime,
  text: content,
});

/** Returns a new phone's document. */
export function defaults() {
  return {
    clock: "2026-03-14T09:41",
    settings: {
      system: {
        accelerometer_rotation: "1",
        font_scale: "1.0",
        screen_brightness: "128",
        screen_brightness_mode: "0",
        screen_off_timeout: "60000",
        system_locales: "en-US",
        time_12_24: "12",
        user_rotation: "0",
        volume_alarm: "5",
        volume_music: "7",
        volume_ring: "5",
      },
      secure: {
        default_input_method: KEYBOARD,
        enabled_input_methods: KEYBOARD,
        location_mode: "3",
        show_ime_with_hard_keyboard: "1",
        ui_night_mode: "1",
      },
      global: {
        adb_enabled: "1",
        airplane_mode_on: "0",
        animator_duration_scale: "1.0",
        auto_time: "1",
        bluetooth_on: "0",
        device_name: "handeye phone",
        wifi_on: "1",
        zen_mode: "0",
      },
    },
    wifi: {
      connected: "Home",
      networks: [
        { ssid: "Home", secured: true, saved: true, password: "correct horse" },
        { ssid: "Café Lumière", secured: false, saved: false, password: "" },
        { ssid: "Office-5G", secured: true, saved: false, password: "letmein2026" },
        { ssid: "Neighbour", secured: true, saved: false, password: "not yours" },
      ],
    },
    contacts: [
      { id: 1, name: "Ada Lovelace", phone: "+44 20 7946 0101", email: "ada@example.org" },
      { id: 2, name: "Émile Durand", phone: "+33 1 70 18 55 02", email: "emile@example.org" },
      { id: 3, name: "Grace Hopper", phone: "+1 202 555 0103", email: "" },
      { id: 4, name: "Li Wei", phone: "+86 10 5550 0104", email: "liwei@example.org" },
      { id: 5, name: "Mia Fischer", phone: "+49 30 5550105", email: "" },
    ],
    calls: [],
    messages: [
      {
        id: 1,
        with: "Ada Lovelace",
        mine: false,
        text: "The engine weaves algebraic patterns.",
        time: "2026-03-13T18:05",
      },
      {
        id: 2,
        with: "Ada Lovelace",
        mine: true,
        text: "Just as the loom weaves flowers and leaves!",
        time: "2026-03-13T18:07",
      },
      { id: 3, with: "Mia Fischer", mine: false, text: "Are we still on for lunch?", time: "2026-03-14T08:52" },
    ],
    alarms: [
      { id: 1, hour: 7, minute: 0, label: "", days: [1, 2, 3, 4, 5], enabled: true },
      { id: 2, hour: 9, minute: 30, label: "Weekend", days: [0, 6], enabled: false },
    ],
    timer: { length: 0, running: false },
    notes: [
      { id: 1, title: "Groceries", text: "Milk\nBread\nTwo lemons" },
      { id: 2, title: "Ideas", text: "A loom for pictures." },
    ],
    files: {
      "/sdcard": folder(1773000000),
      "/sdcard/DCIM": folder(1773000000),
      "/sdcard/Documents": folder(1773000000),
      "/sdcard/Download": folder(1773000000),
      "/sdcard/Music": folder(1773000000),
      "/sdcard/Pictures": folder(1773000000),
      "/sdcard/Documents/readme.txt": text("This phone is simulated.\n", 1773100000),
      "/sdcard/Documents/todo.txt": text("1. water the plants\n2. call Grace\n", 1773200000),
      "/sdcard/Download/ticket.txt": text("Train 9:58, platform 4, seat 61\n", 1773300000),
    },
    bookmarks: [],
    bank: { balance: 128450, transfers: [] },
    notifications: [],
  };
}
