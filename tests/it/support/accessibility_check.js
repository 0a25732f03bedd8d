// Returns the accessibility problems of the page in this window, as a list of sentences.
() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const fault = (what, element) => faults.push(`${what}: ${element ? element.outerHTML.slice(0, 160) : "page"}`);
  const box = (element) => element.getBoundingClientRect();

  all("details").forEach((details) => { details.open = true; });

  // Nothing is wider than the window, and the user can zoom.
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    fault(`${root.scrollWidth} wide in ${root.clientWidth}`, all("body *").find((one) => box(one).right > root.clientWidth));
  }
  const viewport = document.querySelector("meta[name=viewport]")?.content ?? "";
  if (!viewport.includes("width=device-width") || /user-scalable=no|maximum-scale/.test(viewport)) fault("viewport");

  // Contrast: at least 4.5 for text, 3 for bars.
  const numbers = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const light = (color) => {
    const [r, g, b] = numbers(color).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // Of a gradient, take the end color, which covers most of the area here.
  const ground = (style) => (style.backgroundImage.match(/rgba?\([^)]*\)/g) || [style.backgroundColor]).at(-1);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = ground(getComputedStyle(one));
      if (numbers(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (color, other) => {
    const [low, high] = [light(color), light(other)].sort((a, b) => a - b);
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

  // Structure for screen readers.
  const ids = all("[id]").map((element) => element.id);
  if (new Set(ids).size !== ids.length) fault("an id twice");
  for (const name of ["aria-labelledby", "aria-describedby"]) {
    all(`[${name}]`).forEach((element) => {
      const text = element.getAttribute(name).split(" ").map((id) => document.getElementById(id)?.textContent.trim());
      if (!text.every(Boolean)) fault(name, element);
    });
  }
  all("img:not([alt])").forEach((image) => fault("no alternative", image));
  let level = 0;
  all("h1, h2, h3, h4, h5, h6").forEach((heading) => {
    const next = Number(heading.localName[1]);
    if (next > level + 1) fault("a level left out", heading);
    if (!heading.textContent.trim()) fault("no words", heading);
    level = next;
  });
  if (all("h1").length !== 1) fault("not one h1");
  if (root.lang !== "en") fault("no language");
  if (!document.title.trim()) fault("no title");
  const main = all("main");
  if (main.length !== 1) fault("not one main");
  const apart = "main, header, nav, footer, .skip, script, style";
  all("body > *").filter((one) => !one.matches(apart)).forEach((one) => fault("in no landmark", one));

  // Keyboard: every focusable element has a name, is large enough, and shows its focus.
  all("[tabindex]").filter((one) => one.tabIndex > 0).forEach((one) => fault("out of order", one));
  for (const element of all("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")) {
    element.focus({ focusVisible: true, preventScroll: true });
    const style = getComputedStyle(element);
    const named = element.textContent.trim() || element.labels?.[0]?.textContent.trim() || element.getAttribute("aria-label");
    if (!named) fault("no name", element);
    if (document.activeElement !== element) fault("not reached", element);
    if (style.outlineStyle === "none" || !(style.outlineStyle === "auto" || parseFloat(style.outlineWidth) >= 2)) {
      fault("focus not seen", element);
    }
    if (box(element).height < 20 || box(element).width < 20) fault("too small", element);
  }
  document.activeElement.blur();
  return faults;
}
