// Returns the problems of the report page in this window, as a list of sentences, after those of the accessibility check.
(checkAccessibility) => {
  const faults = checkAccessibility();
  const all = (selector) => [...document.querySelectorAll(selector)];
  const fault = (what, element) => faults.push(`${what}: ${element ? element.outerHTML.slice(0, 160) : "page"}`);
  const box = (element) => element.getBoundingClientRect();

  // No text is cut off, and no two texts of a chart overlap.
  for (const svg of all("svg")) {
    const room = box(svg);
    const texts = [...svg.querySelectorAll("text")].filter((text) => box(text).width > 0);
    for (const [place, text] of texts.entries()) {
      const here = box(text);
      if (here.left < room.left - 1 || here.right > room.right + 1) fault("cut", text);
      const beside = texts.slice(place + 1, place + 30).find((other) => {
        const there = box(other);
        return here.left + 1 < there.right && there.left + 1 < here.right
          && here.top + 1 < there.bottom && there.top + 1 < here.bottom;
      });
      if (beside) fault(`on ${beside.textContent}`, text);
    }
  }

  // Structure for screen readers.
  all("a[href^='#']").forEach((link) => { if (!document.querySelector(link.getAttribute("href"))) fault("leads nowhere", link); });
  all("svg").forEach((svg) => {
    if (svg.getAttribute("role") !== "img" || !svg.getAttribute("aria-labelledby")) fault("no name", svg);
    const figure = svg.closest("figure");
    if (!figure?.querySelector("figcaption")?.textContent.trim()) fault("no caption", svg);
    if (!figure?.querySelector("table tbody tr")) fault("no table", svg);
  });
  all("table").forEach((table) => { if (!table.caption?.textContent.trim()) fault("no caption", table); });
  all("th").forEach((head) => { if (!head.scope || !head.textContent.trim()) fault("no head", head); });
  for (const landmark of ["header", "nav[aria-label]", "footer"]) {
    if (all(landmark).length !== 1) fault(`no ${landmark}`);
  }

  // The skip link is the first element in keyboard order.
  const first = document.querySelector("a[href], button, input, summary, [tabindex='0']");
  if (!first?.classList.contains("skip")) fault("no skip link", first);
  return faults;
}
