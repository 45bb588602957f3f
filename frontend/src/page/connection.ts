// What the person asks of the connection.

/** Whether the browser is told to save data: then nothing is loaded that nobody has asked for. */
export function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData ?? false;
}
