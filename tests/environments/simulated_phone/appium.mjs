// Calls appium-adb, and prints what each call returned, one JSON document for each line.
// In the folder that has node_modules: node --input-type=module - SERIAL PORT DIRECTORY < appium.mjs

import { readFileSync, writeFileSync } from "node:fs";
import { ADB } from "appium-adb";

const [serial, port, directory] = process.argv.slice(2);
const adb = await ADB.createADB({
  adbPort: Number(port),
  udid: serial,
  suppressKillServer: true,
  adbExecTimeout: 120000,
});
adb.setDeviceId(serial);
const NOTES = "org.handeye.notes";

const calls = {
  devices: async () =>
    (await adb.getConnectedDevices()).filter((each) => each.udid === serial).map((each) => each.state),
  api: () => adb.getApiLevel(),
  size: () => adb.getScreenSize(),
  density: () => adb.getScreenDensity(),
  orientation: () => adb.getScreenOrientation(),
  model: () => adb.getModel(),
  airplane: async () => {
    await adb.setAirplaneMode(true);
    const on = await adb.isAirplaneModeOn();
    await adb.setAirplaneMode(false);
    return [on, await adb.isAirplaneModeOn()];
  },
  wifi: async () => {
    await adb.setWifiState(false);
    const on = await adb.isWifiOn();
    await adb.setWifiState(true);
    return [on, await adb.isWifiOn()];
  },
  installed: async () => [await adb.isAppInstalled(NOTES), await adb.isAppInstalled("com.example.none")],
  activity: () => adb.resolveLaunchableActivity(NOTES),
  start: async () => {
    const main = { action: "android.intent.action.MAIN", category: "android.intent.category.LAUNCHER" };
    await adb.startApp({ pkg: NOTES, activity: `${NOTES}.NotesActivity`, stopApp: true, waitForLaunch: true, ...main });
    return adb.getFocusedPackageAndActivity();
  },
  running: async () => [await adb.isAppRunning(NOTES), await adb.isAppRunning("org.handeye.bank")],
  stopped: async () => {
    await adb.forceStop(NOTES);
    return adb.isAppRunning(NOTES);
  },
  keyboard: () => adb.isSoftKeyboardPresent(),
  keyboards: () => adb.availableIMEs(),
  lock: async () => {
    await adb.lock();
    const locked = await adb.isScreenLocked();
    await adb.cycleWakeUp();
    await adb.dismissKeyguard();
    return [locked, await adb.isScreenLocked()];
  },
  files: async () => {
    writeFileSync(`${directory}/sent.txt`, "words\n");
    await adb.push(`${directory}/sent.txt`, "/sdcard/Download/new/it's.txt");
    await adb.pull("/sdcard/Download/new/it's.txt", `${directory}/got.txt`);
    const seen = [await adb.ls("/sdcard/Download/new"), await adb.fileSize("/sdcard/Download/ticket.txt")];
    await adb.rimraf("/sdcard/Download/new");
    return [readFileSync(`${directory}/got.txt`, "utf8"), ...seen, await adb.fileExists("/sdcard/Download/new")];
  },
  settings: async () => {
    await adb.setSetting("system", "screen_brightness", 77);
    return adb.getSetting("system", "screen_brightness");
  },
  location: async () => {
    await adb.toggleGPSLocationProvider(true);
    return adb.getLocationProviders();
  },
  screenshot: async () => (await adb.takeScreenshot()).subarray(1, 4).toString(),
  version: async () => (await adb.getPackageInfo(NOTES)).versionCode,
  packages: async () => (await adb.listInstalledPackages()).find((each) => each.appPackage === NOTES),
};

for (const [name, call] of Object.entries(calls)) {
  let result;
  try {
    result = (await call()) ?? null;
  } catch (error) {
    result = `failed: ${error.message}`;
  }
  process.stdout.write(`@${JSON.stringify([name, result])}\n`);
}
