"use strict";
// Observed against bound, for the run that is chosen of each theorem.

/** One series of a picture: how it is drawn, also in the legend. */
const seriesStyles = {
  bound: { label: "bound", color: "var(--bound)", width: 3, dash: null },
  tight: { label: "tight bound", color: "var(--tight)", width: 2, dash: "7 4" },
  fit: { label: "slope fitted over the last half", color: "var(--fit)", width: 2, dash: "2 3" },
  observed: { label: "observed", color: "var(--observed)", width: 1.5, dash: null },
};

const isMonotone = (numbers) =>
  [1, -1].some((way) =>
    numbers.every((number, i) => i === 0 || way * (number - numbers[i - 1]) >= 0),
  );

/**
 * Most runs go from step to step. Others compare several things at one step; or, with no rule and a
 * bound that goes up and down, one thing after another.
 */
const isSequence = (run) =>
  run.step.length > 1 &&
  run.step.every((step, i) => i === 0 || step > run.step[i - 1]) &&
  (run.setting !== "" || isMonotone(run.bound.map(decimalLogarithm)));

/** What a run is held against. */
const nameOfBound = (run) => (run.relation === "equal" ? "proved value" : "bound");

const isLogarithmic = (run) => run.scale === "log-log" && isSequence(run);

/** A gap in the line, where an axis has no place for the number. */
const finite = (number) => (Number.isFinite(number) ? number : NaN);

/**
 * The series of a run as numbers on its axes: logarithms, unless one is negative, or all that is
 * observed is 0.
 */
function onAxes(run) {
  const across = isLogarithmic(run) ? Math.log10 : Number;
  const kinds = ["observed", "bound", "tight"].filter((kind) => run[kind]);
  const plain =
    kinds.some((kind) => run[kind].some((text) => text.startsWith("-"))) ||
    run.observed.every((text) => Number(text) === 0);
  const up = plain ? Number : decimalLogarithm;
  const series = {};
  for (const kind of kinds) {
    series[kind] = run.step
      .map((step, i) => ({ i, x: across(step), y: run[kind][i] ? finite(up(run[kind][i])) : NaN }))
      .filter(({ x }) => Number.isFinite(x));
  }
  if (run.slope && isSequence(run) && !plain) series.fit = fittedLine(run, series.observed);
  const zeros = plain ? 0 : run.observed.filter((text) => Number(text) === 0).length;
  return { series, plain, zeros };
}

/** The line of the fitted slope through the middle of the points that it was fitted to. */
function fittedLine(run, observed) {
  const last = observed.filter(
    ({ i, y }) => Number.isFinite(y) && i >= Math.floor(run.step.length / 2),
  );
  if (last.length < 2) return [];
  const slope = isLogarithmic(run) ? run.slope.fitted : run.slope.fitted / Math.LN10;
  const middle = { x: d3.mean(last, ({ x }) => x), y: d3.mean(last, ({ y }) => y) };
  return [last[0].x, last.at(-1).x].map((x) => ({ x, y: middle.y + slope * (x - middle.x) }));
}

/** Of points in order, those at least so many pixels apart. */
function apart(points, pixels, width, [low, high]) {
  const kept = [];
  for (const point of points.filter(({ y }) => Number.isFinite(y))) {
    const before = kept.at(-1);
    if (!before || ((point.x - before.x) / (high - low)) * width >= pixels) kept.push(point);
  }
  return kept;
}

/** Lines; but short strokes where a line would say that one comparison leads to the next. */
function marksOf(run, series, [left, right]) {
  const half = (right - left) * Math.min(0.02, 1 / (3 * run.step.length));
  return Object.entries(seriesStyles)
    .filter(([kind]) => series[kind]?.length)
    .map(([kind, { color, width, dash }]) => {
      const stroke = { stroke: color, strokeWidth: width, strokeDasharray: dash };
      if (isSequence(run)) return Plot.line(series[kind], { x: "x", y: "y", ...stroke });
      if (kind === "observed") return null;
      return Plot.link(series[kind], {
        x1: ({ x }) => x - half,
        x2: ({ x }) => x + half,
        y: "y",
        ...stroke,
      });
    });
}

function pictureOf(run, { series, plain }, width) {
  const logarithmic = isLogarithmic(run);
  const all = Object.values(series).flat();
  const across = spanOf(all.map(({ x }) => x));
  const up = spanOf(all.map(({ y }) => y));
  const ticks = width < 480 ? 5 : 8;
  const values = (i) =>
    ["observed", "bound", "tight"]
      .filter((kind) => run[kind]?.[i])
      .map((kind) => `${kind} ${run[kind][i]}`);
  return Plot.plot({
    width,
    height: width < 480 ? 240 : 320,
    marginLeft: 56,
    marginRight: 16,
    marginTop: 28,
    marginBottom: 40,
    ariaLabel: `Observed against bound: ${run.name}`,
    ariaDescription: "The figures are in the caption and in the table below.",
    x: {
      domain: across,
      label:
        (run.setting || isSequence(run) ? "step" : "comparison") +
        (logarithmic ? " (logarithmic)" : ""),
      labelAnchor: "center",
      labelArrow: "none",
      ticks: logarithmic
        ? logarithmicTicks(...across, ticks)
        : d3.ticks(...across, ticks).filter(Number.isInteger),
      tickFormat: logarithmic ? numberAt : "d",
    },
    y: {
      domain: up,
      label: `observed and ${nameOfBound(run)}${plain ? "" : " (logarithmic)"}`,
      labelArrow: "none",
      ticks: plain ? 6 : logarithmicTicks(...up, 6),
      tickFormat: plain ? undefined : numberAt,
      grid: true,
    },
    marks: [
      ...marksOf(run, series, across),
      Plot.dot(isSequence(run) ? apart(series.observed, 9, width, across) : series.observed, {
        x: "x",
        y: "y",
        r: 2.5,
        fill: seriesStyles.observed.color,
      }),
      Plot.tip(
        series.observed,
        Plot.pointerX({
          x: "x",
          y: "y",
          title: ({ i }) => [`step ${run.step[i]}`, ...values(i)].join("\n"),
        }),
      ),
    ],
  });
}

function legendOf(run, series) {
  return Object.entries(seriesStyles)
    .filter(([kind]) => series[kind]?.length)
    .map(([kind, { label, color, width, dash }]) => {
      const swatch = d3
        .create("svg")
        .attr("width", 28)
        .attr("height", 10)
        .attr("aria-hidden", "true");
      const line = swatch
        .append("line")
        .attr("x2", 28)
        .attr("y1", 5)
        .attr("y2", 5)
        .attr("stroke", color)
        .attr("stroke-width", width)
        .attr("stroke-dasharray", dash);
      if (kind === "observed" && !isSequence(run)) line.remove();
      if (kind === "observed")
        swatch.append("circle").attr("cx", 14).attr("cy", 5).attr("r", 3).attr("fill", color);
      return element("span", {}, swatch.node(), ` ${kind === "bound" ? nameOfBound(run) : label}`);
    });
}

const rounded = (number) => String(Number(number.toPrecision(4))).replace("-", "−");

function verdictOf(run) {
  const bound = `the ${nameOfBound(run)}`;
  if (run.role === "control") return `A hypothesis fails, and ${bound} is ${run.verdict}`;
  if (run.verdict !== "holds") return `The ${nameOfBound(run)} is ${run.verdict}`;
  if (run.relation === "equal") return `Observed is ${bound}`;
  return run.attained ? `Observed attains ${bound}` : `Observed stays below ${bound}`;
}

function captionOf(run, zeros) {
  const sentences = [`${run.objective}; ${run.setting}`.replace(/^; |; $/g, "")];
  sentences.push(verdictOf(run));
  if (run.largest_ratio)
    sentences.push(`Observed/bound is ${run.largest_ratio} at most, at step ${run.at_step}`);
  if (run.tight_ratio) sentences.push(`Of the tight bound it is ${run.tight_ratio} at most`);
  if (run.slope) {
    const of = run.scale === "log-log" ? "" : " (of the natural logarithm, a step)";
    const { fitted, proved } = run.slope;
    sentences.push(`Slope${of}: fitted ${rounded(fitted)}, proved ${rounded(proved)}`);
  }
  if (zeros > 0) {
    const steps = zeros === 1 ? "1 step" : `${zeros} steps`;
    sentences.push(`Observed is 0, which a logarithmic axis has no place for, at ${steps}`);
  }
  return sentences.join(". ") + ".";
}

function rowsOf(run) {
  const ratio = (i) => {
    const value = 10 ** (decimalLogarithm(run.observed[i]) - decimalLogarithm(run.bound[i]));
    return Number.isFinite(value) ? Number(value.toPrecision(5)) : "–";
  };
  return run.step.map((step, i) => [
    step,
    run.observed[i],
    run.bound[i],
    ...(run.tight ? [run.tight[i] || "–"] : []),
    ratio(i),
  ]);
}

const pageData = JSON.parse(document.getElementById("data").textContent);

for (const figure of document.querySelectorAll("figure.series")) {
  const { runs } = pageData.theorems.find(({ id }) => id === figure.dataset.theorem);
  const select = figure.querySelector("select");
  figure.hidden = false;
  let run, axes;
  const choose = () => {
    run = runs[Number(select.value)];
    axes = onAxes(run);
    figure.querySelector(".legend").replaceChildren(...legendOf(run, axes.series));
    figure.querySelector("figcaption").textContent = captionOf(run, axes.zeros);
    const tight = run.tight ? ["tight bound"] : [];
    const shown = run;
    tableIn(
      figure.querySelector("details"),
      ["step", "observed", nameOfBound(run), ...tight, "observed/bound"],
      () => rowsOf(shown),
    );
  };
  choose();
  const redraw = keepDrawn(figure.querySelector(".plot"), (width) => pictureOf(run, axes, width));
  select.addEventListener("change", () => {
    choose();
    redraw();
  });
}
