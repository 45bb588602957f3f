// Dates as the person who looks has them: a page tells them in UTC, and in Auckland it is tomorrow already.

const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const format = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });

export function enhanceDates(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) time.textContent = format.format(moment);
  }
}
