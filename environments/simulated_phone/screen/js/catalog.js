// The apps that are installed: what the launcher shows and what intents can open.

export const APPS = [
  {
    package: "com.android.settings",
    activity: "com.android.settings.Settings",
    label: "Settings",
    icon: "settings",
    color: "#5f6b7a",
    page: "settings",
    actions: {
      "android.settings.SETTINGS": "",
      "android.settings.WIFI_SETTINGS": "wifi",
      "android.settings.BLUETOOTH_SETTINGS": "bluetooth",
      "android.settings.AIRPLANE_MODE_SETTINGS": "network",
      "android.settings.WIRELESS_SETTINGS": "network",
      "android.settings.DISPLAY_SETTINGS": "display",
      "android.settings.SOUND_SETTINGS": "sound",
      "android.settings.DATE_SETTINGS": "date",
      "android.settings.LOCALE_SETTINGS": "language",
    },
  },
  {
    package: "com.android.contacts",
    activity: "com.android.contacts.activities.PeopleActivity",
    label: "Contacts",
    icon: "contact",
    color: "#1a73e8",
    page: "contacts",
    actions: { "android.intent.action.INSERT": "new" },
  },
  {
    package: "com.android.dialer",
    activity: "com.android.dialer.main.impl.MainActivity",
    label: "Phone",
    icon: "phone",
    color: "#188038",
    page: "dialer",
    actions: { "android.intent.action.DIAL": "" },
  },
  {
    package: "com.android.messaging",
    activity: "com.android.messaging.ui.conversationlist.ConversationListActivity",
    label: "Messages",
    icon: "message",
    color: "#1967d2",
    page: "messages",
    actions: { "android.intent.action.SENDTO": "" },
  },
  {
    package: "com.android.deskclock",
    activity: "com.android.deskclock.DeskClock",
    label: "Clock",
    icon: "clock",
    color: "#3c4a9e",
    page: "clock",
    actions: { "android.intent.action.SHOW_ALARMS": "alarms", "android.intent.action.SHOW_TIMERS": "timer" },
  },
  {
    package: "org.handeye.notes",
    activity: "org.handeye.notes.NotesActivity",
    label: "Notes",
    icon: "note",
    color: "#e8a000",
    page: "notes",
    actions: {},
  },
  {
    package: "com.android.documentsui",
    activity: "com.android.documentsui.files.FilesActivity",
    label: "Files",
    icon: "folder",
    color: "#00796b",
    page: "files",
    actions: {},
  },
  {
    package: "org.handeye.browser",
    activity: "org.handeye.browser.BrowserActivity",
    label: "Browser",
    icon: "globe",
    color: "#0b57d0",
    page: "browser",
    actions: { "android.intent.action.VIEW": "" },
  },
  {
    package: "org.handeye.bank",
    activity: "org.handeye.bank.BankActivity",
    label: "Bank",
    icon: "bank",
    color: "#6a3fb5",
    page: "bank",
    secure: true,
    actions: {},
  },
  {
    package: "org.handeye.webview",
    activity: "org.handeye.webview.WebViewActivity",
    label: "Web view",
    icon: "globe",
    color: "#5f6b7a",
    page: "webview",
    hidden: true,
    actions: {},
  },
];
/** Those that the launcher shows; the others open only by their component. */
export const LAUNCHED = APPS.filter((app) => !app.hidden);

export const LAUNCHER = {
  package: "com.android.launcher3",
  activity: "com.android.launcher3.uioverrides.QuickstepLauncher",
  label: "Launcher",
};
export const SYSTEM_UI = {
  package: "com.android.systemui",
  activity: "com.android.systemui.SystemUIService",
  label: "System UI",
};
export const KEYBOARD = "com.android.inputmethod.latin/.LatinIME";

/** Returns the installed app of this package name, or undefined. */
export const appOf = (name) => APPS.find((app) => app.package === name);

/** Returns the app that answers the action, or undefined. */
export const appFor = (action) => APPS.find((app) => action in app.actions);
