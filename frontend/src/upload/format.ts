// Numbers as people read them, in the language of the page.

const language = document.documentElement.lang || "en";
const percents = new Intl.NumberFormat(language, { style: "percent" });
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

export function percent(share: number): string {
  return percents.format(share);
}

/** A file's size, counted as the server's pages count it: 1572864 -> "1.5 MB" */
export function size(bytes: number): string {
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return inUnits(bytes / 1024 ** step, UNITS[step] as string, 1, step ? "short" : "long"); // short is "69 byte"
}

const STEPS = [["second", 1, 60], ["minute", 60, 5400], ["hour", 3600, Infinity]] as const;

/** A time to wait, roughly: 95 seconds -> "2 min" */
export function duration(seconds: number): string {
  const [unit, length] = STEPS.find(([, , most]) => seconds < most) ?? STEPS[2];
  return inUnits(Math.max(1, Math.ceil(seconds / length)), unit, 0, "short");
}

function inUnits(value: number, unit: string, maximumFractionDigits: number, unitDisplay: "short" | "long"): string {
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay, maximumFractionDigits }).format(value);
}
