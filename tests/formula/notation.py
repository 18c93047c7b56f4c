"""Reads the formulas that `plumbline show` prints, as text and as LaTeX.

Expressions become trees: (operator, operands...), ("number", text), ("symbol", name,
subscript). A space multiplies and binds as `/` and `@` do, left to right. Of whole tensors,
inverse, inverse_root and transpose are functions in text and exponents in LaTeX; if(a < b, x,
y) is ("select", a, b, x, y).
"""
import re

FUNCTIONS = {"sqrt", "abs", "max", "min", "sign", "cos", "exp", "log", "tanh", "erf", "sum",
             "transpose", "mean", "norm", "inner_product", "row_means", "column_means", "inverse",
             "inverse_root", "eigenvectors", "orthonormal", "mean_decay", "f", "gradient",
             "hessian", "hessian_vector", "fisher", "residuals", "jacobian", "diagonal", "unit_of_greatest",
             "row", "pushed", "strong_wolfe_length", "squared_distances", "least", "greatest"}


class NotationError(Exception):
    pass


class Reader:
    """A recursive descent over tokens (kind, text)."""

    def __init__(self, tokens, source):
        self.tokens, self.source, self.place = tokens, source, 0

    def fail(self, what):
        raise NotationError("%s at token %d of %s" % (what, self.place, self.source))

    def peek(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")

    def take(self, text=None):
        token = self.peek()
        if token[0] == "end" or (text is not None and token[1] != text):
            self.fail("expected %r, found %r" % (text, token[1]))
        self.place += 1
        return token

    def accept(self, text):
        if self.peek()[1] == text:
            self.place += 1
            return True
        return False

    def whole(self):
        tree = self.expression()
        if self.peek()[0] != "end":
            self.fail("%r is left over" % self.peek()[1])
        return tree

    def expression(self):
        tree = ("negate", self.product()) if self.accept("-") else self.product()
        while self.peek()[1] in ("+", "-"):
            operator = self.take()[1]
            tree = ("add" if operator == "+" else "subtract", tree, self.product())
        return tree

    def product(self):
        tree = self.power()
        while True:
            if self.accept("/"):
                tree = ("divide", tree, self.power())
            elif self.accept("@") or self.accept("\\times"):
                tree = ("matrix_product", tree, self.power())
            elif self.accept("*") or self.accept("\\cdot") or self.starts_factor():
                tree = ("multiply", tree, self.power())
            else:
                return tree


class TextReader(Reader):
    TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
                       r"|(?P<function>[a-z]+(?:_[a-z]{2,})*)(?=\()"
                       r"|(?P<symbol>\|\|[gw]\|\||[A-Za-z]+\d*(?:_(?:\w|\{[^}]*\}))?)"
                       r"|(?P<sign>[-+*/^(),<@]))")

    def __init__(self, source):
        tokens, place = [], 0
        while place < len(source.rstrip()):
            match = self.TOKEN.match(source, place)
            if not match:
                raise NotationError("cannot read %r" % source[place:])
            tokens.append((match.lastgroup, match.group(match.lastgroup)))
            place = match.end()
        super().__init__(tokens, source)

    def starts_factor(self):
        kind, text = self.peek()
        return kind in ("symbol", "function") or text == "("

    def power(self):
        base = self.atom()
        return ("power", base, self.atom()) if self.accept("^") else base

    def atom(self):
        kind, text = self.take()
        if kind == "number":
            return ("number", text)
        if text == "(":
            tree = self.expression()
            self.take(")")
            return tree
        if kind == "function":
            return self.call(text)
        if kind != "symbol":
            self.fail("unexpected %r" % text)
        name, _, subscript = text.partition("_")
        return ("symbol", name, subscript.strip("{}"))

    def call(self, name):
        if name == "if":
            self.take("(")
            tree = ["select", self.expression()]
            for before in "<,,":
                self.take(before)
                tree.append(self.expression())
            self.take(")")
            return tuple(tree)
        if name not in FUNCTIONS:
            self.fail("no function %r" % name)
        self.take("(")
        arguments = [self.expression()]
        while self.accept(","):
            arguments.append(self.expression())
        self.take(")")
        return (name, *arguments)


class LatexReader(Reader):
    """Knows just the commands that formulas are written with: another one is an error."""
    TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<command>\\[A-Za-z]+)"
                       r"|(?P<letter>[A-Za-z])|(?P<sign>[-+/^_{}(),|<]))")
    GREEK = {"\\alpha", "\\beta", "\\gamma", "\\delta", "\\epsilon", "\\zeta", "\\eta",
             "\\theta", "\\kappa", "\\lambda", "\\mu", "\\nu", "\\pi", "\\psi", "\\rho", "\\sigma",
             "\\tau", "\\xi"}
    CALLS = {"\\min", "\\max", "\\cos"}

    def __init__(self, source):
        tokens, place = [], 0
        while place < len(source.rstrip()):
            match = self.TOKEN.match(source, place)
            if not match:
                raise NotationError("cannot read %r" % source[place:])
            tokens.append((match.lastgroup, match.group(match.lastgroup)))
            place = match.end()
        super().__init__(tokens, source)

    def starts_factor(self):
        kind, text = self.peek()
        return (kind in ("letter", "number") or text == "{" or text in self.GREEK | self.CALLS
                or text in ("\\frac", "\\sqrt", "\\left", "\\lVert", "\\sum", "\\operatorname",
                            "\\mathrm", "\\cases"))

    def group(self):
        self.take("{")
        tree = self.expression()
        self.take("}")
        return tree

    def raw_group(self):
        self.take("{")
        text = ""
        while self.peek()[1] != "}":
            text += self.take()[1]
        self.take("}")
        return text

    def bracketed(self, opening, closing):
        self.take("\\left")
        self.take(opening)
        arguments = [self.expression()]
        while self.accept(","):
            arguments.append(self.expression())
        self.take("\\right")
        self.take(closing)
        return arguments

    def power(self):
        base = self.atom()
        while self.accept("^"):
            base = self.raised(base)
        return base

    def raised(self, base):
        """A transpose, an inverse, and an inverse root are written as exponents."""
        self.take("{")
        if self.accept("\\top"):
            tree = ("transpose", base)
        else:
            exponent = self.expression()
            tree = ("power", base, exponent)
            if exponent == ("negate", ("number", "1")) and base[0] != "number":
                tree = ("inverse", base)
            elif exponent[0] == "negate" and exponent[1][:2] == ("divide", ("number", "1")):
                tree = ("inverse_root", base, exponent[1][2])
        self.take("}")
        return tree

    def function(self):
        """The name in \\operatorname, its words run together, and its arguments."""
        words = self.raw_group()
        names = [name for name in FUNCTIONS if name.replace("_", "") == words]
        if not names:
            self.fail("no function %r" % words)
        return (names[0], *self.bracketed("(", ")"))

    def select(self):
        """\\cases{x}{a < b}{y}"""
        if_true = self.group()
        self.take("{")
        left = self.expression()
        self.take("<")
        right = self.expression()
        self.take("}")
        return ("select", left, right, if_true, self.group())

    def atom(self):
        kind, text = self.peek()
        if text == "{":
            return self.group()
        if text == "\\left":
            bracket = self.tokens[self.place + 1][1]
            if bracket == "|":
                return ("abs", *self.bracketed("|", "|"))
            if bracket == "\\lVert":
                return ("norm", *self.bracketed("\\lVert", "\\rVert"))
            (tree,) = self.bracketed("(", ")")
            return tree
        self.take()
        if kind == "number":
            return ("number", text)
        if text == "\\frac":
            return ("divide", self.group(), self.group())
        if text == "\\sqrt":
            return ("sqrt", self.group())
        if text == "\\lVert":
            name = self.take()[1]
            self.take("\\rVert")
            return ("symbol", "||%s||" % name, "")
        if text == "\\sum":
            self.take("_")
            if self.raw_group() != "i":
                self.fail("a sum over other than i")
            return ("sum", self.product())
        if text in self.CALLS:
            return (text[1:], *self.bracketed("(", ")"))
        if text == "\\operatorname":
            return self.function()
        if text == "\\cases":
            return self.select()
        if text == "\\mathrm":
            text, kind = self.raw_group(), "letter"
        if kind != "letter" and text not in self.GREEK:
            self.fail("unexpected %r" % text)
        subscript = ""
        if self.accept("_"):
            subscript = self.raw_group()
        if (text, subscript) == ("t", "0"):
            return ("symbol", "t0", "")
        # names with a number in them: t0, and these
        if text in ("\\beta", "\\epsilon"):
            number, _, subscript = subscript.partition(",")
            return ("symbol", text.lstrip("\\") + number, subscript)
        if re.match(r"\d+,", subscript):
            number, _, subscript = subscript.partition(",")
            text += number
        return ("symbol", text.lstrip("\\"), subscript)


class Section:
    """The lines of one step, or of all from one on."""

    def __init__(self, first=1, only=False):
        self.first, self.only = first, only
        self.lines = []  # (name, subscript, tree)
        self.gradient_at = None

    def holds_at(self, step):
        return step == self.first if self.only else step >= self.first


class PrintedFormula:
    def __init__(self, text):
        self.start, self.sections = [], [Section()]
        self.elementwise = []  # in place: for each element
        headed = False
        for line in text.splitlines():
            heading = re.fullmatch(r"t (=|>=) (\d+):", line)
            if heading:
                section = Section(int(heading.group(2)), heading.group(1) == "=")
                self.sections = self.sections + [section] if headed else [section]
                headed = True
            elif " at " in line:
                self.sections[-1].gradient_at = self.read(line.split(" at ")[1])
            elif "<-" in line:
                target, value = line.split("<-")
                self.elementwise.append((self.read(target), self.read(value)))
            else:
                target, value = line.split("=", 1)
                kind, name, subscript = self.read(target)
                if kind != "symbol":
                    raise NotationError("no symbol is assigned to in %r" % line)
                lines = self.start if subscript == "0" else self.sections[-1].lines
                lines.append((name, subscript, self.read(value)))

    @staticmethod
    def read(text):
        return TextReader(text.strip()).whole()

    def section_of(self, step):
        (section,) = [section for section in self.sections if section.holds_at(step)]
        return section


class LatexFormula(PrintedFormula):
    """The same out of LaTeX: line by line into the layout of the text."""

    def __init__(self, latex):
        body = re.fullmatch(r"\\begin\{aligned\}\n(.*)\n\\end\{aligned\}", latex, re.DOTALL)
        if not body:
            raise NotationError("not one aligned environment")
        lines = []
        for line in body.group(1).split(" \\\\\n"):
            line = self.with_cases_as_groups(line)
            if line.count("&") != 1:
                raise NotationError("not one alignment mark in %r" % line)
            line = line.replace("&\\leftarrow", "<-").replace("&\\text{ at }", " at ")
            lines.append(line.replace("&", "").replace("\\ge", ">="))
        super().__init__("\n".join(lines))

    CASES = re.compile(r"\\begin\{cases\} ((?:(?!\\begin\{cases\}).)*?) & ((?:(?!\\begin\{cases\}).)*?)"
                       r" \\\\ ((?:(?!\\begin\{cases\}).)*?) & \\text\{otherwise\} \\end\{cases\}")

    @classmethod
    def with_cases_as_groups(cls, line):
        """Cases as one command that takes groups, as \\frac is, from the innermost out."""
        count = 1
        while count:
            line, count = cls.CASES.subn(r"\\cases{\1}{\2}{\3}", line)
        return line

    @staticmethod
    def read(text):
        return LatexReader(text.strip()).whole()
