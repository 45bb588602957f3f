// Faults of the markup that a screen reader or a keyboard would stumble over, as sentences. An expression for evaluate.
() => {
  const faults = [];
  const say = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = (element) =>
    (element.getAttribute("aria-label") || element.textContent || "").trim() ||
    element.labels?.length ||
    document.getElementById(element.getAttribute("aria-labelledby"))?.textContent ||
    element.querySelector("img[alt]:not([alt=''])");

  if (all("h1").length !== 1) faults.push("not exactly one h1");
  if (!document.documentElement.lang) faults.push("no language");
  if (!document.title.trim()) faults.push("no title");
  if (!document.querySelector("main")) faults.push("no main");

  for (const image of document.images) {
    if (!image.hasAttribute("alt")) say("no alt", image);
    if (!(image.getAttribute("width") > 0 && image.getAttribute("height") > 0)) say("no size", image);
  }
  for (const each of all("a[href], button, summary")) if (!named(each)) say("no name", each);
  for (const each of all("input:not([type=hidden]), textarea, select")) if (!named(each)) say("no label", each);
  for (const each of all("svg")) if (each.getAttribute("aria-hidden") !== "true") say("decoration is heard", each);
  for (const each of all("[tabindex]")) if (each.tabIndex > 0) say("tabindex above 0", each);

  const ids = all("[id]").map((each) => each.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`id twice: ${id}`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "for"]) {
    for (const each of all(`[${attribute}]`)) {
      const missing = each.getAttribute(attribute).split(" ").filter((id) => id && !document.getElementById(id));
      for (const id of missing) say(`no #${id}`, each);
    }
  }
  const levels = all("h1, h2, h3").filter((each) => each.checkVisibility()).map((each) => Number(each.tagName[1]));
  levels.forEach((level, n) => {
    if (n && level > levels[n - 1] + 1) faults.push(`heading level skipped before an h${level}`);
  });
  return faults;
}
