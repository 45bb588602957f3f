// Count from the page's first moment how far its parts move by themselves, and for how long it cannot answer.
window.shifts = 0;
window.longest = 0;
const watch = (type, see) =>
  new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true });
watch("layout-shift", (entry) => {
  if (!entry.hadRecentInput) window.shifts += entry.value;
});
watch("longtask", (entry) => {
  window.longest = Math.max(window.longest, entry.duration);
});
