#include "reference/formula/notation.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <string_view>

#include "reference/formula/rewriting.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline {
namespace {

/// How tightly an expression holds together, loosest first.
enum class Binding { sum, product, power, atom };

/// A product and quotient as one fraction.
struct Fraction {
  std::vector<Traced> numerator, denominator;
};

void collect(const Traced& value, Fraction& fraction, bool above) {
  const Expression& expression = value.expression();
  if (expression.operation == Operation::multiply || expression.operation == Operation::divide) {
    const bool divides = expression.operation == Operation::divide;
    collect(expression.operands[0], fraction, above);
    collect(expression.operands[1], fraction, divides ? !above : above);
    return;
  }
  (above ? fraction.numerator : fraction.denominator).push_back(value);
}

/// Writes an expression; what looks different in text and in LaTeX is left open.
class Writer {
 public:
  virtual ~Writer() = default;

  std::string write(const Traced& value, Binding least = Binding::sum) const {
    const std::string text = unbound(value);
    return binding(value) < least ? parenthesized(text) : text;
  }
  virtual std::string symbol(const Symbol& symbol) const = 0;

 protected:
  virtual std::string literal(double value) const = 0;
  virtual std::string parenthesized(const std::string& text) const = 0;
  virtual std::string call(std::string_view name,
                           const std::vector<std::string>& arguments) const = 0;
  virtual std::string root(const std::string& radicand) const = 0;
  virtual std::string raised(const std::string& base, const std::string& exponent) const = 0;
  virtual std::string quotient(const Fraction& fraction) const = 0;
  virtual std::string sum_over_elements(const Traced& term) const = 0;
  virtual std::string magnitude(const std::string& text) const = 0;
  virtual std::string cases(const std::string& condition, const std::string& if_true,
                            const std::string& otherwise) const = 0;
  virtual std::string matrix_product(const std::string& left, const std::string& right) const = 0;
  virtual std::string transpose(const Traced& matrix) const = 0;
  virtual std::string norm(const std::string& text) const = 0;
  virtual std::string inverse(const Traced& matrix) const = 0;
  virtual std::string inverse_root(const Traced& matrix, const Traced& order) const = 0;
  virtual std::string pi() const = 0;
  virtual std::string_view times_before_digit() const = 0;

  std::string product(const std::vector<Traced>& factors) const {
    if (factors.empty()) return "1";
    std::string text;
    for (const Traced& factor : factors) {
      const std::string next = write(factor, factors.size() > 1 ? Binding::power : Binding::sum);
      if (!text.empty()) {
        const bool digit = std::isdigit(static_cast<unsigned char>(next.front())) != 0;
        text += digit ? times_before_digit() : " ";
      }
      text += next;
    }
    return text;
  }

 private:
  static Binding binding(const Traced& value) {
    const Expression& expression = value.expression();
    switch (expression.operation) {
      case Operation::literal:
        return expression.literal < 0 ? Binding::sum : Binding::atom;
      case Operation::add:
      case Operation::subtract:
      case Operation::negate:
        return Binding::sum;
      case Operation::multiply:
      case Operation::divide:
      case Operation::matrix_product:
        return Binding::product;
      case Operation::square:
      case Operation::power:
        return Binding::power;
      default:
        return Binding::atom;
    }
  }

  std::string unbound(const Traced& value) const {
    const Expression& expression = value.expression();
    const auto& operands = expression.operands;
    const auto argument = [&](std::size_t index) { return write(operands[index]); };
    switch (expression.operation) {
      case Operation::symbol:
        return symbol(expression.symbol);
      case Operation::literal:
        return literal(expression.literal);
      case Operation::add: {
        const Expression& right = operands[1].expression();
        if (right.operation == Operation::negate) {
          return argument(0) + " - " + write(right.operands[0], Binding::product);
        }
        return argument(0) + " + " + argument(1);
      }
      case Operation::subtract:
        return argument(0) + " - " + write(operands[1], Binding::product);
      case Operation::multiply:
      case Operation::divide: {
        Fraction fraction;
        collect(value, fraction, true);
        return fraction.denominator.empty() ? product(fraction.numerator) : quotient(fraction);
      }
      case Operation::negate:
        return "-" + write(operands[0], Binding::product);
      case Operation::square:
        return raised(write(operands[0], Binding::atom), "2");
      case Operation::power:
        return raised(write(operands[0], Binding::atom), argument(1));
      case Operation::sqrt:
        return root(argument(0));
      case Operation::abs:
        return magnitude(argument(0));
      case Operation::max:
      case Operation::min:
        return call(operation_name(expression.operation), {argument(0), argument(1)});
      case Operation::sign:
      case Operation::cos:
      case Operation::exp:
      case Operation::log:
      case Operation::tanh:
      case Operation::erf:
        return call(operation_name(expression.operation), {argument(0)});
      case Operation::pi:
        return pi();
      case Operation::sum:
        return sum_over_elements(operands[0]);
      case Operation::matrix_product:
        return matrix_product(write(operands[0], Binding::power),
                              write(operands[1], Binding::power));
      case Operation::transpose:
        return transpose(operands[0]);
      case Operation::norm:
        return norm(argument(0));
      case Operation::inverse:
        return inverse(operands[0]);
      case Operation::inverse_root:
        return inverse_root(operands[0], operands[1]);
      case Operation::row:
      case Operation::pushed:
      case Operation::squared_distances:
      case Operation::inner_product:
      case Operation::objective_hessian_vector:
        return call(operation_name(expression.operation), {argument(0), argument(1)});
      case Operation::strong_wolfe_length:
        return call(operation_name(expression.operation),
                    {argument(0), argument(1), argument(2), argument(3)});
      case Operation::mean:
      case Operation::row_means:
      case Operation::column_means:
      case Operation::eigenvectors:
      case Operation::orthonormal:
      case Operation::diagonal:
      case Operation::unit_at_greatest:
      case Operation::mean_decay:
      case Operation::least:
      case Operation::greatest:
      case Operation::objective_value:
      case Operation::objective_gradient:
      case Operation::objective_hessian:
      case Operation::objective_fisher:
      case Operation::objective_residuals:
      case Operation::objective_jacobian:
        return call(operation_name(expression.operation), {argument(0)});
      case Operation::select:
        return cases(argument(0) + " < " + argument(1), argument(2), argument(3));
    }
    return {};
  }
};

class TextWriter final : public Writer {
 public:
  std::string symbol(const Symbol& symbol) const override {
    if (symbol.subscript.empty()) return symbol.name;
    return symbol.name + "_" +
           (symbol.subscript.size() == 1 ? symbol.subscript : "{" + symbol.subscript + "}");
  }

 private:
  std::string literal(double value) const override { return shortest_decimal(value); }
  std::string parenthesized(const std::string& text) const override { return "(" + text + ")"; }
  std::string call(std::string_view name,
                   const std::vector<std::string>& arguments) const override {
    std::string text(name);
    for (std::size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "(" : ", ") + arguments[i];
    return text + ")";
  }
  std::string root(const std::string& radicand) const override { return call("sqrt", {radicand}); }
  std::string magnitude(const std::string& text) const override { return call("abs", {text}); }
  std::string raised(const std::string& base, const std::string& exponent) const override {
    const bool plain = std::ranges::all_of(
        exponent, [](unsigned char letter) { return std::isalnum(letter) != 0; });
    return base + "^" + (plain ? exponent : parenthesized(exponent));
  }
  std::string quotient(const Fraction& fraction) const override {
    const std::string above = fraction.numerator.size() == 1
                                  ? write(fraction.numerator.front(), Binding::power)
                                  : product(fraction.numerator);
    const std::string below = fraction.denominator.size() == 1
                                  ? write(fraction.denominator.front(), Binding::power)
                                  : parenthesized(product(fraction.denominator));
    return above + "/" + below;
  }
  std::string sum_over_elements(const Traced& term) const override {
    return call("sum", {write(term)});
  }
  std::string cases(const std::string& condition, const std::string& if_true,
                    const std::string& otherwise) const override {
    return call("if", {condition, if_true, otherwise});
  }
  std::string matrix_product(const std::string& left, const std::string& right) const override {
    return left + " @ " + right;
  }
  std::string transpose(const Traced& matrix) const override {
    return call("transpose", {write(matrix)});
  }
  std::string norm(const std::string& text) const override { return call("norm", {text}); }
  std::string inverse(const Traced& matrix) const override {
    return call("inverse", {write(matrix)});
  }
  std::string inverse_root(const Traced& matrix, const Traced& order) const override {
    return call("inverse_root", {write(matrix), write(order)});
  }
  std::string pi() const override { return "pi"; }
  std::string_view times_before_digit() const override { return " * "; }
};

class LatexWriter final : public Writer {
 public:
  std::string symbol(const Symbol& symbol) const override {
    if (symbol.name == "||g||") return "\\lVert g \\rVert";
    if (symbol.name == "||w||") return "\\lVert w \\rVert";
    // beta1 is beta with the subscript 1.
    const std::size_t digits = symbol.name.find_first_of("0123456789");
    const std::string letters = symbol.name.substr(0, digits);
    std::string subscript = digits == std::string::npos ? "" : symbol.name.substr(digits);
    if (!symbol.subscript.empty()) subscript += (subscript.empty() ? "" : ",") + symbol.subscript;
    return word(letters) + (subscript.empty() ? "" : "_{" + subscript + "}");
  }

 private:
  static std::string word(const std::string& letters) {
    static constexpr std::array<std::string_view, 17> greek{
        "alpha",  "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa",
        "lambda", "mu",   "rho",   "tau",   "nu",      "psi",  "xi",  "sigma"};
    if (std::ranges::find(greek, letters) != greek.end()) return "\\" + letters;
    return letters.size() == 1 ? letters : "\\mathrm{" + letters + "}";
  }

  std::string literal(double value) const override {
    std::string text = shortest_decimal(value);
    const std::size_t exponent = text.find('e');
    if (exponent == std::string::npos) return text;
    const std::string mantissa = text.substr(0, exponent);
    const std::string power = "10^{" + std::to_string(std::stoi(text.substr(exponent + 1))) + "}";
    return mantissa == "1" ? power : mantissa + " \\cdot " + power;
  }
  std::string parenthesized(const std::string& text) const override {
    return "\\left(" + text + "\\right)";
  }
  static std::string with_spaces(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '_', ' ');
    return text;
  }
  std::string call(std::string_view name,
                   const std::vector<std::string>& arguments) const override {
    static constexpr std::array<std::string_view, 3> known{"max", "min", "cos"};
    std::string text = std::ranges::find(known, name) != known.end()
                           ? "\\" + std::string(name)
                           : "\\operatorname{" + with_spaces(name) + "}";
    std::string list;
    for (const std::string& argument : arguments) list += (list.empty() ? "" : ", ") + argument;
    return text + parenthesized(list);
  }
  std::string root(const std::string& radicand) const override {
    return "\\sqrt{" + radicand + "}";
  }
  std::string magnitude(const std::string& text) const override {
    return "\\left|" + text + "\\right|";
  }
  std::string raised(const std::string& base, const std::string& exponent) const override {
    return "{" + base + "}^{" + exponent + "}";
  }
  std::string quotient(const Fraction& fraction) const override {
    return "\\frac{" + product(fraction.numerator) + "}{" + product(fraction.denominator) + "}";
  }
  std::string sum_over_elements(const Traced& term) const override {
    return "\\sum_{i} " + write(term, Binding::product);
  }
  std::string cases(const std::string& condition, const std::string& if_true,
                    const std::string& otherwise) const override {
    return "\\begin{cases} " + if_true + " & " + condition + " \\\\ " + otherwise +
           " & \\text{otherwise} \\end{cases}";
  }
  std::string matrix_product(const std::string& left, const std::string& right) const override {
    return left + " \\times " + right;
  }
  std::string transpose(const Traced& matrix) const override {
    return raised(write(matrix, Binding::atom), "\\top");
  }
  std::string norm(const std::string& text) const override {
    return "\\left\\lVert " + text + " \\right\\rVert";
  }
  std::string inverse(const Traced& matrix) const override {
    return raised(write(matrix, Binding::atom), "-1");
  }
  std::string inverse_root(const Traced& matrix, const Traced& order) const override {
    return raised(write(matrix, Binding::atom), "-1/" + write(order, Binding::atom));
  }
  std::string pi() const override { return "\\pi"; }
  std::string_view times_before_digit() const override { return " \\cdot "; }
};

bool differ(const Formula& formula) {
  return formula.steps.size() > 1;
}

/// A target that its own value uses is changed in place.
bool is_in_place(const Assignment& assignment) {
  return contains(assignment.value, assignment.target.expression().symbol);
}

/// Past the scalars' lines, which come first: the gradient's point may need them.
std::vector<Assignment>::const_iterator scalars_end(const StepFormula& step) {
  return std::ranges::find_if(step.assignments, [](const Assignment& assignment) {
    return assignment.target.expression().of_element;
  });
}

std::string number(const StepFormula& step) {
  return step.and_later ? "t" : std::to_string(step.first_step);
}

}  // namespace

std::string to_text(const Traced& value) {
  return TextWriter().write(value);
}
std::string to_latex(const Traced& value) {
  return LatexWriter().write(value);
}

std::vector<std::string> text_lines(const Formula& formula) {
  const auto line = [](const Assignment& assignment) {
    return to_text(assignment.target) + (is_in_place(assignment) ? " <- " : " = ") +
           to_text(assignment.value);
  };
  std::vector<std::string> lines;
  for (const Assignment& assignment : formula.start) lines.push_back(line(assignment));
  for (const StepFormula& step : formula.steps) {
    if (differ(formula)) {
      lines.push_back((step.and_later ? "t >= " : "t = ") + std::to_string(step.first_step) + ":");
    }
    const std::string indent = differ(formula) ? "  " : "";
    const auto scalars = scalars_end(step);
    for (auto it = step.assignments.begin(); it != scalars; ++it) {
      lines.push_back(indent + line(*it));
    }
    if (step.gradient_at) {
      lines.push_back(indent + "g_" + number(step) + " at " + to_text(*step.gradient_at));
    }
    for (auto it = scalars; it != step.assignments.end(); ++it) {
      lines.push_back(indent + line(*it));
    }
  }
  return lines;
}

std::string latex(const Formula& formula) {
  const auto line = [](const Assignment& assignment) {
    return to_latex(assignment.target) + (is_in_place(assignment) ? " &\\leftarrow " : " &= ") +
           to_latex(assignment.value);
  };
  std::vector<std::string> lines;
  for (const Assignment& assignment : formula.start) lines.push_back(line(assignment));
  for (const StepFormula& step : formula.steps) {
    if (differ(formula)) {
      lines.push_back("&" + std::string(step.and_later ? "t \\ge " : "t = ") +
                      std::to_string(step.first_step) + ":");
    }
    const auto scalars = scalars_end(step);
    std::transform(step.assignments.begin(), scalars, std::back_inserter(lines), line);
    if (step.gradient_at) {
      lines.push_back("g_{" + number(step) + "} &\\text{ at } " + to_latex(*step.gradient_at));
    }
    std::transform(scalars, step.assignments.end(), std::back_inserter(lines), line);
  }
  std::string text = "\\begin{aligned}\n";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += lines[i] + (i + 1 < lines.size() ? " \\\\\n" : "\n");
  }
  return text + "\\end{aligned}";
}

}  // namespace plumbline
