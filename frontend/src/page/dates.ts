// Dates as the person who looks has them: a page tells them in UTC, and in Auckland it is tomorrow already.

const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const day = { day: "numeric", month: "long", year: "numeric" } as const;
const format = new Intl.DateTimeFormat(language, day);
const exact = new Intl.DateTimeFormat(language, { ...day, hour: "2-digit", minute: "2-digit" });

export function enhanceDates(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const moment = new Date(time.dateTime);
    const written = time.hasAttribute("data-exact") ? exact : format;
    if (!Number.isNaN(moment.getTime())) time.textContent = written.format(moment);
  }
}
