// What is wrong with the report as it stands in the window, as a JSON list of sentences.
(() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const fault = (what, element) => faults.push(`${what}: ${element ? element.outerHTML.slice(0, 160) : "page"}`);
  const box = (element) => element.getBoundingClientRect();

  all("details").forEach((details) => { details.open = true; });

  // Nothing is wider than the window, no text is cut, no two texts of a chart lie on each other.
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    fault(`${root.scrollWidth} wide in ${root.clientWidth}`, all("body *").find((one) => box(one).right > root.clientWidth));
  }
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

  // Contrast: 4.5 for text, 3 for bars.
  const numbers = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const light = (color) => {
    const [r, g, b] = numbers(color).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (numbers(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (color, ground) => {
    const [low, high] = [light(color), light(ground)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  for (const element of all("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const style = getComputedStyle(element);
    if (style.display === "none") continue;
    const drawn = element.namespaceURI.endsWith("svg");
    if (own && !["title", "desc"].includes(element.localName)) {
      const ratio = contrast(drawn ? style.fill : style.color, behind(element));
      if (!(ratio >= 4.5)) fault(`contrast ${ratio}`, element);
      if (parseFloat(style.fontSize) < 12) fault("small print", element);
    }
    if (element.classList.contains("bar") && !(contrast(style.fill, behind(element)) >= 3)) fault("pale bar", element);
  }

  // What is said without a screen.
  const ids = all("[id]").map((element) => element.id);
  if (new Set(ids).size !== ids.length) fault("an id twice");
  for (const name of ["aria-labelledby", "aria-describedby"]) {
    all(`[${name}]`).forEach((element) => {
      const text = element.getAttribute(name).split(" ").map((id) => document.getElementById(id)?.textContent.trim());
      if (!text.every(Boolean)) fault(name, element);
    });
  }
  all("a[href^='#']").forEach((link) => { if (!document.querySelector(link.getAttribute("href"))) fault("leads nowhere", link); });
  all("svg").forEach((svg) => {
    if (svg.getAttribute("role") !== "img" || !svg.getAttribute("aria-labelledby")) fault("no name", svg);
    const figure = svg.closest("figure");
    if (!figure?.querySelector("figcaption")?.textContent.trim()) fault("no caption", svg);
    if (!figure?.querySelector("table tbody tr")) fault("no table", svg);
  });
  all("table").forEach((table) => { if (!table.caption?.textContent.trim()) fault("no caption", table); });
  all("th").forEach((head) => { if (!head.scope || !head.textContent.trim()) fault("no head", head); });
  let level = 0;
  all("h1, h2, h3, h4").forEach((heading) => {
    const next = Number(heading.localName[1]);
    if (next > level + 1) fault("a level left out", heading);
    level = next;
  });
  if (all("h1").length !== 1 || root.lang !== "en" || !document.title) fault("no heading, language or title");
  for (const landmark of ["header", "main", "nav[aria-label]", "footer"]) {
    if (all(landmark).length !== 1) fault(`no ${landmark}`);
  }

  // By keyboard: what can be reached is named, seen, and shows that it is reached; the skip link comes first.
  const reached = all("a[href], button, input, summary, [tabindex='0']");
  if (!reached[0]?.classList.contains("skip")) fault("no skip link", reached[0]);
  for (const element of reached) {
    element.focus({ focusVisible: true, preventScroll: true });
    const style = getComputedStyle(element);
    if (!element.textContent.trim()) fault("no name", element);
    if (document.activeElement !== element) fault("not reached", element);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) fault("focus not seen", element);
    if (box(element).height < 20 || box(element).width < 20) fault("too small", element);
  }
  document.activeElement.blur();
  return JSON.stringify(faults);
})()
