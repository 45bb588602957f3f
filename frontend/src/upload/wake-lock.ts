// A phone whose screen goes dark stops sending: while files are on their way the screen stays on.

let lock: WakeLockSentinel | null = null;
let wanted = false;

export function keepAwake(on: boolean): void {
  wanted = on;
  if (on) void take();
  else void lock?.release();
}

async function take(): Promise<void> {
  if (!wanted || document.visibilityState !== "visible" || (lock && !lock.released)) return;
  lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null; // refused when the battery is low
  if (!wanted) void lock?.release();
}

document.addEventListener("visibilitychange", () => void take()); // the browser lets go of it with the page
