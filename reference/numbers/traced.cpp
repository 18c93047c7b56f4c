#include "reference/numbers/traced.hpp"

#include <algorithm>
#include <utility>

#include "reference/numbers/choices.hpp"

namespace plumbline {
namespace {

std::shared_ptr<const Expression> literal_node(double literal) {
  return std::make_shared<const Expression>(Expression{Operation::literal, literal, {}, {}, false});
}

/// A comparison between symbols and the outcome that is being followed.
struct Comparison {
  Traced left, right;
  bool outcome;
};

std::vector<Comparison>& comparisons() {
  thread_local std::vector<Comparison> made;
  return made;
}

/// One way through the comparisons, and what it computes.
struct Way {
  std::vector<Comparison> comparisons;
  std::vector<Traced> results;
};

/// The results of all ways, which have their first `depth` outcomes in common.
std::vector<Traced> joined(std::span<const Way> ways, std::size_t depth) {
  if (ways.size() == 1) return ways.front().results;
  const auto otherwise = std::ranges::find_if(
      ways, [depth](const Way& way) { return !way.comparisons[depth].outcome; });
  const auto count = static_cast<std::size_t>(otherwise - ways.begin());
  std::vector<Traced> results = joined(ways.first(count), depth + 1);
  const std::vector<Traced> others = joined(ways.subspan(count), depth + 1);
  const Comparison& comparison = ways.front().comparisons[depth];
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i] =
        Traced(Operation::select, {comparison.left, comparison.right, results[i], others[i]});
  }
  return results;
}

}  // namespace

std::vector<Traced> trace_outcomes(const std::function<std::vector<Traced>()>& computation) {
  constexpr std::size_t most_ways = 64;
  std::vector<Way> ways;
  choices::for_each_outcome(most_ways, [&] {
    comparisons().clear();
    std::vector<Traced> results = computation();
    ways.push_back({std::move(comparisons()), std::move(results)});
  });
  return joined(ways, 0);
}

bool less(const Traced& left, const Traced& right) {
  const Expression& one = left.expression();
  const Expression& other = right.expression();
  if (one.operation == Operation::literal && other.operation == Operation::literal) {
    return one.literal < other.literal;
  }
  if (one.operation == Operation::literal && one.literal <= 0 && other.symbol.positive) return true;
  const bool outcome = choices::choose(2) == 0;
  comparisons().push_back({left, right, outcome});
  return outcome;
}

Traced::Traced() {
  static const std::shared_ptr<const Expression> zero = literal_node(0);
  node_ = zero;
}
Traced::Traced(double literal) : node_(literal_node(literal)) {}
Traced::Traced(int literal) : node_(literal_node(literal)) {}
Traced::Traced(Symbol symbol) {
  const bool of_element = symbol.of_element;
  node_ = std::make_shared<const Expression>(
      Expression{Operation::symbol, 0, std::move(symbol), {}, of_element});
}
Traced::Traced(Operation operation, std::vector<Traced> operands) {
  // A sum is over all elements, and so of none.
  const bool reduces = operation == Operation::sum || operation == Operation::mean ||
                       operation == Operation::greatest || operation == Operation::norm ||
                       operation == Operation::inner_product ||
                       operation == Operation::objective_value ||
                       operation == Operation::strong_wolfe_length;
  const bool of_element = !reduces && std::ranges::any_of(operands, [](const Traced& operand) {
    return operand.expression().of_element;
  });
  node_ = std::make_shared<const Expression>(
      Expression{operation, 0, {}, std::move(operands), of_element});
}

Traced Traced::step_count(long past) {
  const Traced step = step_symbol();
  return past == 0 ? step : step - Traced(static_cast<double>(past));
}
Traced Traced::pi() {
  return Traced(Operation::pi, {});
}

Traced operator+(const Traced& left, const Traced& right) {
  return Traced(Operation::add, {left, right});
}
Traced operator-(const Traced& left, const Traced& right) {
  return Traced(Operation::subtract, {left, right});
}
Traced operator*(const Traced& left, const Traced& right) {
  return Traced(Operation::multiply, {left, right});
}
Traced operator/(const Traced& left, const Traced& right) {
  return Traced(Operation::divide, {left, right});
}
Traced operator-(const Traced& value) {
  return Traced(Operation::negate, {value});
}
Traced square(const Traced& value) {
  return Traced(Operation::square, {value});
}
Traced sqrt(const Traced& value) {
  return Traced(Operation::sqrt, {value});
}
Traced abs(const Traced& value) {
  return Traced(Operation::abs, {value});
}
Traced max(const Traced& left, const Traced& right) {
  return Traced(Operation::max, {left, right});
}
Traced min(const Traced& left, const Traced& right) {
  return Traced(Operation::min, {left, right});
}
Traced sign(const Traced& value) {
  return Traced(Operation::sign, {value});
}
Traced cos(const Traced& angle) {
  return Traced(Operation::cos, {angle});
}
Traced power(const Traced& base, const Traced& exponent) {
  return Traced(Operation::power, {base, exponent});
}
Traced exp(const Traced& value) {
  return Traced(Operation::exp, {value});
}
Traced log(const Traced& value) {
  return Traced(Operation::log, {value});
}
Traced tanh(const Traced& value) {
  return Traced(Operation::tanh, {value});
}
Traced erf(const Traced& value) {
  return Traced(Operation::erf, {value});
}
Traced sum(std::span<const Traced> terms) {
  return Traced(Operation::sum, {terms.begin(), terms.end()});
}

namespace {
std::vector<std::pair<std::string, Traced>>& given_names() {
  thread_local std::vector<std::pair<std::string, Traced>> names;
  return names;
}
}  // namespace

const Traced& named(std::string_view name, const Traced& value) {
  given_names().emplace_back(name, value);
  return value;
}

std::vector<std::pair<std::string, Traced>> take_names() {
  return std::exchange(given_names(), {});
}

Traced step_symbol() {
  return Traced(Symbol{.name = "t"});
}

}  // namespace plumbline
