"use strict";
// What the pictures share: logarithms of decimals that no binary64 holds, ticks on them, and
// pictures that keep the width of their column.

/** log10 of a decimal as text ("1.5e-400"); -Infinity for 0, NaN for what is below. */
function decimalLogarithm(text) {
  const [mantissa, exponent = "0"] = text.split("e");
  return Math.log10(Number(mantissa)) + Number(exponent);
}

/** Ticks between two logarithms: powers of ten, or where there are few, plain numbers. */
function logarithmicTicks(low, high, count) {
  if (high - low >= 2) {
    const apart = Math.ceil((high - low) / count);
    return d3.range(Math.ceil(low / apart) * apart, high + 1e-9, apart);
  }
  if (high - low >= 0.7) {
    const ticks = [];
    for (let power = Math.floor(low); power <= high; power += 1) {
      for (const first of [1, 2, 5]) ticks.push(power + Math.log10(first));
    }
    return ticks.filter((tick) => tick >= low - 1e-9 && tick <= high + 1e-9);
  }
  return d3.ticks(10 ** low, 10 ** high, count).map(Math.log10);
}

/** The number that a logarithm stands for: "0.01", "10⁻²⁰". */
function numberAt(logarithm) {
  const power = Math.round(logarithm);
  if (Math.abs(logarithm - power) < 1e-9 && (power < -3 || power > 4)) {
    return (
      "10" + String(power).replace(/[-\d]/g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)])
    );
  }
  return String(Number((10 ** logarithm).toPrecision(4)));
}

/** [least, greatest] with a little room; numbers that are not finite don't count. */
function spanOf(values) {
  const [low, high] = d3.extent(values.filter(Number.isFinite));
  const room = high > low ? (high - low) * 0.04 : Math.abs(high) * 0.1 || 0.1;
  return [low - room, high + room];
}

/** An element with text, attributes and children. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** For a screen reader one image with a name; its groups, which Plot labels, become data-mark. */
function asOneImage(svg) {
  svg.setAttribute("role", "img");
  for (const group of svg.querySelectorAll("g[aria-label]")) {
    group.dataset.mark = group.getAttribute("aria-label");
    group.removeAttribute("aria-label");
  }
  return svg;
}

/**
 * Draws into `box` what `picture(width)` gives: when it comes near the window, before printing, and
 * when the box's width changes. Gives a function that draws it anew.
 */
function keepDrawn(box, picture) {
  let near = false;
  let drawn = 0;
  const draw = () => {
    const width = Math.floor(box.clientWidth);
    if (!near || width === 0 || width === drawn) return;
    drawn = width;
    box.replaceChildren(asOneImage(picture(width)));
  };
  const drawAnew = () => {
    near = true;
    drawn = 0;
    draw();
  };
  const watch = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      near ||= isIntersecting;
      draw();
    },
    { rootMargin: "100%" },
  );
  watch.observe(box);
  new ResizeObserver(draw).observe(box);
  window.addEventListener("beforeprint", drawAnew);
  return drawAnew;
}

/** A table, made when its <details> is opened for the first time after `forget`. */
function tableIn(details, headings, rows) {
  details.querySelector(".scroll")?.remove();
  const make = () => {
    if (!details.open || details.querySelector("table")) return;
    const head = element(
      "tr",
      {},
      ...headings.map((heading) => element("th", { scope: "col" }, heading)),
    );
    const body = rows().map((row) =>
      element("tr", {}, ...row.map((text) => element("td", {}, String(text)))),
    );
    const table = element(
      "table",
      { class: "numbers" },
      element("thead", {}, head),
      element("tbody", {}, ...body),
    );
    const figure = details.closest("figure");
    const title = figure.querySelector("h3") ?? figure.closest("section").querySelector("h2");
    const name = `${details.querySelector("summary").textContent}: ${title.textContent}`;
    details.append(
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name }, table),
    );
  };
  details.ontoggle = make;
  make();
}
