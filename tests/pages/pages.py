#!/usr/bin/python3
"""The pages of `plumbline theorems` and `plumbline claims` in headless Chromium.

Usage: pages.py PLUMBLINE [TEST...]
"""

import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from browser import Browser, NoChromium, chromium
from rosenbrock import adam, gradient_descent, momentum, newton, rosenbrock

PLUMBLINE = sys.argv[1]
FOLDER = tempfile.TemporaryDirectory()


def write_page(command, *arguments, name="page"):
    """The page's path, and the JSON report that was written beside it."""
    page = pathlib.Path(FOLDER.name) / f"{command}_{name}.html"
    report = page.with_suffix(".json")
    subprocess.run([PLUMBLINE, command, *arguments, "--html", page, "--json", report], check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=300)
    return page, json.loads(report.read_text())


# How far a colour stands out from the page (WCAG 2, 1.4.3): what is text wants 4.5.
CONTRAST = """(selector => {
  const light = color => {
    const part = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = color.match(/[\\d.]+/g).map(text => part(Number(text) / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backdrop = element => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (color !== 'rgba(0, 0, 0, 0)') return color;
    }
  };
  return [...document.querySelectorAll(selector)].slice(0, 60).map(element => {
    const pair = [light(getComputedStyle(element).color), light(backdrop(element))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  });
})"""

# What sticks out of the window to the right, but for what scrolls by itself.
TOO_WIDE = """[...document.querySelectorAll('body *')]
  .filter(element => !element.closest('.scroll, .skip, thead, svg') &&
                     element.getBoundingClientRect().right > innerWidth + 1)
  .map(element => element.outerHTML.slice(0, 120))"""

SHOWN_ROWS = ("[...document.querySelectorAll('table .filtered')]"
              ".filter(row => row.getClientRects().length > 0).length")
FOCUSED = "document.activeElement.getAttribute('name')"


class Page:
    """What holds of both pages. One browser serves all tests of a page."""

    @classmethod
    def setUpClass(cls):
        cls.path, cls.report = write_page(cls.command, *cls.arguments)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def open(self, width=1280, scheme="light"):
        self.browser.complaints.clear()
        self.browser.view(width, scheme=scheme)
        self.browser.open(self.path)
        self.browser.frame()

    def evaluate(self, expression):
        return self.browser.evaluate(expression)

    def press_until_focused(self, name):
        for _ in range(10):
            self.browser.press("Tab")
            if self.evaluate(FOCUSED) == name:
                return
        self.fail(f"Tab does not come to {name}")

    def test_nothing_is_complained_of_nor_fetched(self):
        for scheme in ("light", "dark"):
            self.open(scheme=scheme)
            self.assertEqual(self.browser.complaints, [])
        text = self.path.read_text()
        self.assertIn("default-src 'none'", text)
        self.assertNotRegex(text, r"<(script|link|img|iframe)[^>]*\s(src|href)=")
        self.assertNotRegex(text, r"\son\w+=\"")  # an inline event handler

    def test_only_the_named_scripts_run(self):
        self.open()
        self.evaluate("(() => { const made = document.createElement('script');"
                      " made.textContent = 'window.intruded = true';"
                      " document.body.append(made); })()")
        self.assertIsNone(self.evaluate("window.intruded"))
        self.assertTrue(self.browser.complaints, "the page's policy says that it refused it")

    def test_headings_and_landmarks(self):
        self.open()
        self.assertEqual(self.evaluate("[document.querySelectorAll('h1').length,"
                                       " document.querySelectorAll('main').length,"
                                       " document.documentElement.lang]"), [1, 1, "en"])
        levels = self.evaluate("[...document.querySelectorAll('h1, h2, h3')]"
                               ".map(heading => Number(heading.tagName[1]))")
        for before, after in zip(levels, levels[1:]):
            self.assertLessEqual(after, before + 1)
        self.assertEqual(self.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"
                                       ".filter((id, i, all) => all.indexOf(id) !== i)"), [])

    def test_readable_at_a_phones_width(self):
        self.open(width=360)
        for scheme in ("light", "dark"):
            self.browser.view(360, scheme=scheme)
            self.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            self.browser.frame()
            self.assertEqual(self.evaluate("innerWidth"), 360)
            self.assertLessEqual(self.evaluate("document.documentElement.scrollWidth"), 360)
            self.assertEqual(self.evaluate(TOO_WIDE), [])

    def test_text_stands_out_in_light_and_dark(self):
        pages = set()
        self.open()
        for scheme in ("light", "dark"):
            self.browser.view(1280, scheme=scheme)
            pages.add(self.evaluate("getComputedStyle(document.body).backgroundColor"))
            for selector in ("h1", ".soft", ".conforms", ".deviates", ".unsupported", "a",
                             "summary", "figcaption", "dt", "dd", "label", "thead th", "select",
                             "input"):
                for contrast in self.evaluate(f"{CONTRAST}({selector!r})"):
                    self.assertGreaterEqual(contrast, 4.5, f"{selector}, {scheme}")
        self.assertEqual(len(pages), 2)

    def test_the_keyboard_filters(self):
        for width in (1280, 360):
            self.open(width)
            everything = self.evaluate(SHOWN_ROWS)
            self.assertEqual(everything, len(self.entries()))
            self.press_until_focused("words")
            self.assertNotEqual(self.evaluate("getComputedStyle(document.activeElement)"
                                              ".outlineStyle"), "none")
            words, wanted = self.words_and_ids()
            self.assertTrue(0 < len(wanted) < everything, "the words tell some from others")
            self.browser.write(words)
            self.assertEqual(self.shown_ids(), wanted)
            self.assertEqual(self.evaluate(SHOWN_ROWS), len(wanted))
            said = f"{len(wanted)} of {everything} {self.command}"
            self.assertEqual(self.evaluate("document.querySelector('output').textContent"), said)
            for _ in words:
                self.browser.press("Backspace")
            self.assertEqual(self.evaluate(SHOWN_ROWS), everything)

        self.press_until_focused("verdict")
        self.browser.press("ArrowDown")
        verdict = self.evaluate("document.activeElement.value")
        wanted = [one["id"] for one in self.entries() if one["verdict"] == verdict]
        self.assertTrue(wanted)
        self.assertEqual(self.shown_ids(), wanted)

    def test_details_open_by_the_keyboard(self):
        self.open()
        self.evaluate("document.querySelector('summary').focus()")
        self.browser.press("Enter", text="\r")
        self.assertTrue(self.evaluate("document.activeElement.parentElement.open"))


class Theorems(Page, unittest.TestCase):
    command = "theorems"
    arguments = ()

    def entries(self):
        return self.report["theorems"]

    def words_and_ids(self):
        return "nesterov", [one["id"] for one in self.entries()
                            if "nesterov" in (one["id"] + one["title"]).lower()]

    def shown_ids(self):
        return self.evaluate("[...document.querySelectorAll('section.theorem:not([hidden])')]"
                             ".map(section => section.id)")

    def test_each_theorem_says_what_it_is(self):
        self.open()
        for theorem in self.entries():
            section = f"document.getElementById({json.dumps(theorem['id'])})"
            text = self.evaluate(f"{section}.textContent")
            for key in ("title", "statement", "bound", "tight", "source", "verdict"):
                self.assertIn(theorem[key], text)
            for words in theorem["hypotheses"] + [run["name"] for run in theorem["runs"]]:
                self.assertIn(words, text)
            found = [run["counterexample"] for run in theorem["runs"] if "counterexample" in run]
            for number in (one[key] for one in found for key in ("observed", "bound")):
                self.assertIn(number, text)

    def test_every_run_is_drawn(self):
        """Whatever is chosen: marks inside the picture, the figures below, no complaint."""
        self.open()
        drawn = self.evaluate("""[...document.querySelectorAll('figure.series')].flatMap(figure => {
          const select = figure.querySelector('select');
          return [...select.options].map(option => {
            select.value = option.value;
            select.dispatchEvent(new Event('change'));
            const svg = figure.querySelector('.plot svg');
            const marks = [...svg.querySelectorAll('[data-mark=dot] circle')];
            const within = (mark, place, size) =>
              mark.getAttribute(place) > 0 &&
              Number(mark.getAttribute(place)) < Number(svg.getAttribute(size));
            return {
              theorem: figure.dataset.theorem, run: Number(option.value),
              dots: marks.length, lines: figure.querySelectorAll('.plot path, .plot line').length,
              inside: marks.every(mark => within(mark, 'cx', 'width') &&
                                          within(mark, 'cy', 'height')),
              finite: !/NaN|Infinity/.test(svg.innerHTML),
              named: svg.getAttribute('aria-label'),
              legend: figure.querySelector('.legend').textContent,
              caption: figure.querySelector('figcaption').textContent,
            };
          });
        })""")
        self.assertEqual(self.browser.complaints, [])
        runs = {theorem["id"]: theorem["runs"] for theorem in self.entries()}
        self.assertEqual(len(drawn), sum(bool(run["series"]) for all_runs in runs.values()
                                         for run in all_runs))
        for picture in drawn:
            run = runs[picture["theorem"]][picture["run"]]
            with self.subTest(theorem=picture["theorem"], run=run["name"]):
                self.assertGreater(picture["dots"], 0)
                self.assertGreater(picture["lines"], 0)
                self.assertTrue(picture["inside"] and picture["finite"])
                self.assertIn(run["name"], picture["named"])
                self.assertEqual("tight bound" in picture["legend"],
                                 any("tight" in step for step in run["series"]))
                self.assertEqual("slope" in picture["legend"] or "Slope" in picture["caption"],
                                 "slope" in run)
                for key, words in (("largest_ratio", "Observed/bound"),
                                   ("tight_ratio", "tight bound it")):
                    said = re.search(rf"{words} is (\S+) at most", picture["caption"])
                    self.assertEqual(bool(said), key in run)
                    if said:
                        self.assertTrue(math.isclose(float(said[1]), float(run[key]), rel_tol=1e-5))

    def test_pictures_are_drawn_when_they_come_near(self):
        self.open()
        self.assertLess(self.evaluate("document.querySelectorAll('.plot svg').length"),
                        self.evaluate("document.querySelectorAll('.plot').length"))
        self.assertEqual(self.evaluate("""(async () => {
          const missing = [];
          for (const figure of document.querySelectorAll('figure')) {
            figure.scrollIntoView();
            for (let frame = 0; frame < 100 && !figure.querySelector('.plot svg'); frame += 1) {
              await new Promise(requestAnimationFrame);
            }
            const box = figure.querySelector('.plot svg')?.getBoundingClientRect();
            if (!(box && box.width > 300 && box.height >= 240)) {
              missing.push(figure.outerHTML.slice(0, 80));
            }
          }
          return missing;
        })()"""), [])
        self.assertEqual(self.browser.complaints, [])

    def test_heights_are_the_numbers(self):
        """On logarithmic axes the line of the bound, too, is where its numbers are."""
        self.open()
        theorem = next(one for one in self.entries() if one["id"] == "gd-quadratic")
        run = next(run for run in theorem["runs"] if run["name"] == "quadratic_ill_conditioned")
        drawn = self.evaluate(f"""(() => {{
          const figure = document.querySelector('[data-theorem=gd-quadratic]');
          const select = figure.querySelector('select');
          select.value = {theorem["runs"].index(run)};
          select.dispatchEvent(new Event('change'));
          const line = (color) => figure
            .querySelector(`.plot [data-mark=line][stroke="var(--${{color}})"] path`)
            .getAttribute('d').slice(1).split('L').map(point => Number(point.split(',')[1]));
          return {{ observed: line('observed'), bound: line('bound') }};
        }})()""")
        logs = {key: [math.log10(float(step[key])) for step in run["series"]] for key in drawn}
        first, last = logs["observed"][0], logs["observed"][-1]
        down = (drawn["observed"][-1] - drawn["observed"][0]) / (last - first)
        self.assertLess(down, 0, "greater numbers are higher up")
        for key, heights in drawn.items():
            self.assertEqual(len(heights), len(run["series"]))
            for height, log in zip(heights, logs[key]):
                expected = drawn["observed"][0] + down * (log - first)
                self.assertAlmostEqual(height, expected, delta=0.1)

    def test_the_series_as_a_table(self):
        self.open()
        table = self.evaluate("""(async () => {
          const figure = document.querySelector('[data-theorem=gd-convex]');
          figure.querySelector('details').open = true;
          await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
          const rows = [...figure.querySelectorAll('.numbers tbody tr')];
          return { run: Number(figure.querySelector('select').value),
                   rows: rows.map(row => [...row.cells].map(cell => cell.textContent)) };
        })()""")
        theorem = next(one for one in self.entries() if one["id"] == "gd-convex")
        series = theorem["runs"][table["run"]]["series"]
        self.assertEqual(len(table["rows"]), len(series))
        for row, step in zip(table["rows"], series):
            self.assertEqual(int(row[0]), step["step"])
            self.assertTrue(math.isclose(float(row[1]), float(step["observed"]), rel_tol=1e-5))
            self.assertTrue(math.isclose(float(row[2]), float(step["bound"]), rel_tol=1e-5))

    def test_paths_are_those_of_the_methods(self):
        """Taken again here, from the formulas; and drawn, on contour lines."""
        self.open()
        self.evaluate("document.getElementById('rosenbrock').scrollIntoView()")
        self.browser.frame()
        data = json.loads(self.evaluate("document.getElementById('data').textContent"))
        again = [gradient_descent(0.001), momentum(0.001, 0.9), adam(0.05), newton()]
        self.assertEqual(len(data["rosenbrock"]), len(again))
        for i, (path, points) in enumerate(zip(data["rosenbrock"], again)):
            with self.subTest(path["title"]):
                self.assertIn(f"arrives after {len(points) - 1} steps", self.evaluate(
                    f"document.querySelector('[data-path=\"{i}\"] figcaption').textContent"))
                for step, x, y, value in path["points"]:
                    for said, computed in zip((x, y), points[step]):
                        self.assertAlmostEqual(float(said), computed, delta=1e-5)
                    self.assertTrue(math.isclose(float(value), rosenbrock(points[step]),
                                                 rel_tol=1e-4, abs_tol=1e-9))
                plot = f"document.querySelector('[data-path=\"{i}\"] .plot')"
                marks = self.evaluate(f"{plot}.querySelectorAll('[data-mark=contour] path').length")
                self.assertEqual(marks, 5, "contour lines")
                line = self.evaluate(f"{plot}.querySelector('[data-mark=line] path')"
                                     ".getAttribute('d')")
                self.assertEqual(len(line.split("L")), len(path["points"]))

    def test_the_same_bytes_again(self):
        first, second = (write_page("theorems", "gd-*", name=name)[0].read_bytes()
                         for name in ("first", "second"))
        self.assertEqual(first, second)


class Claims(Page, unittest.TestCase):
    command = "claims"
    arguments = ("000-*", "003-*")  # quick to compute

    def entries(self):
        return self.report["claims"]

    def words_and_ids(self):
        """In whatever order and case, in figures too."""
        def text_of(claim):
            figures = [figure[key] for figure in claim["figures"] for key in ("name", "value")]
            return " ".join([claim["id"], claim["sentence"], claim["computed"], *figures]).lower()

        return "ADAM memory", [one["id"] for one in self.entries()
                               if "adam" in text_of(one) and "memory" in text_of(one)]

    def shown_ids(self):
        return self.evaluate("[...document.querySelectorAll('tbody.filtered:not([hidden])')]"
                             ".map(body => body.querySelector('th').id)")

    def test_each_claim_says_all_of_it(self):
        self.open()
        said = self.evaluate("[...document.querySelectorAll('tbody.filtered')]"
                             ".map(body => body.textContent)")
        self.assertEqual(len(said), len(self.entries()))
        for text, claim in zip(said, self.entries()):
            wanted = [claim[key] for key in ("id", "document", "sentence", "computed", "verdict",
                                             "condition", "counterexample", "reproduce")
                      if key in claim]
            wanted += [figure[key] for figure in claim["figures"] for key in ("name", "value")]
            for one in wanted:
                self.assertIn(one, text)

    def test_filters_together(self):
        self.open()
        document, verdict = self.entries()[-1]["document"], self.entries()[-1]["verdict"]
        self.evaluate(f"""(() => {{
          const {{ document: of, verdict }} = window.document.querySelector('form').elements;
          of.value = {json.dumps(document)};
          verdict.value = {json.dumps(verdict)};
          of.dispatchEvent(new Event('input', {{ bubbles: true }}));
        }})()""")
        self.assertEqual(self.shown_ids(), [
            one["id"] for one in self.entries()
            if (one["document"], one["verdict"]) == (document, verdict)])


if __name__ == "__main__":
    try:
        chromium()
    except NoChromium as none:
        sys.exit(f"pages.py: {none}")
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
