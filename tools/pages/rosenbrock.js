"use strict";
// The paths of methods on the contour lines of Rosenbrock's function.

/** Steps 0, 1, 2, 5, 10, 20, 50, ... and the last: enough to read. */
function roundSteps(points) {
  return points.filter(
    ([step], i) => step === 0 || /^[125]0*$/.test(step) || i === points.length - 1,
  );
}

/** A point of the page's data, whose numbers are text. */
const pointOf = ([step, x, y, value]) => ({ step, x: Number(x), y: Number(y), value });

function pathPicture(path, width) {
  const points = path.points.map(pointOf);
  const window = {
    x1: -1.5,
    x2: 1.5,
    y1: Math.min(-0.5, d3.min(points, ({ y }) => y) - 0.3),
    y2: 1.5,
  };
  // The root of f: nearer to a plane between the samples, so that fewer of them do.
  const root = (x, y) => Math.hypot(10 * (y - x * x), 1 - x);
  const ends = [
    { ...points[0], name: "start" },
    { x: 1, y: 1, name: "minimizer" },
  ];
  return Plot.plot({
    width,
    height: 300,
    marginLeft: 40,
    marginBottom: 40,
    marginRight: 12,
    ariaLabel: `${path.title}: its path on the contour lines`,
    ariaDescription: "The number of steps is in the caption, the points in the table below.",
    x: { domain: [window.x1, window.x2], label: "x₁", labelArrow: "none", labelAnchor: "center" },
    y: { domain: [window.y1, window.y2], label: "x₂", labelArrow: "none" },
    marks: [
      Plot.contour({
        ...window,
        value: root,
        thresholds: [0.1, 1, 10, 100, 1000].map(Math.sqrt),
        interpolate: "none",
        pixelSize: 2,
        stroke: "var(--contour)",
        strokeWidth: 1,
      }),
      Plot.line(points, { x: "x", y: "y", stroke: "var(--observed)", strokeWidth: 1.75 }),
      Plot.dot(roundSteps(path.points).map(pointOf), {
        x: "x",
        y: "y",
        r: 2.75,
        fill: "var(--observed)",
      }),
      Plot.dot(ends, {
        x: "x",
        y: "y",
        r: 4.5,
        stroke: "var(--text)",
        strokeWidth: 1.5,
        fill: "var(--page)",
      }),
      Plot.text(ends, {
        x: "x",
        y: "y",
        text: "name",
        dy: -14,
        fill: "var(--text)",
        stroke: "var(--page)",
        strokeWidth: 4,
      }),
      Plot.tip(
        points,
        Plot.pointer({
          x: "x",
          y: "y",
          title: ({ step, x, y, value }) => `step ${step}\n(${x}, ${y})\nf = ${value}`,
        }),
      ),
    ],
  });
}

for (const figure of document.querySelectorAll("figure.path")) {
  const path = pageData.rosenbrock[Number(figure.dataset.path)];
  keepDrawn(figure.querySelector(".plot"), (width) => pathPicture(path, width));
  tableIn(figure.querySelector("details"), ["step", "x₁", "x₂", "f"], () =>
    roundSteps(path.points),
  );
}
