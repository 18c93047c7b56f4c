#include "reference/formula/rewriting.hpp"

#include <cmath>
#include <set>

namespace plumbline {
namespace {

/// Integers below 2^20: their sums, differences and products are exact.
bool is_small_integer(const Traced& value) {
  return is_literal(value) &&
         std::trunc(value.expression().literal) == value.expression().literal &&
         std::abs(value.expression().literal) < 0x1p20;
}

class Visit {
 public:
  explicit Visit(const std::function<void(const Traced&)>& visit) : visit_(visit) {}
  void operator()(const Traced& value) {
    if (!seen_.insert(&value.expression()).second) return;
    for (const Traced& operand : value.expression().operands) (*this)(operand);
    visit_(value);
  }

 private:
  const std::function<void(const Traced&)>& visit_;
  std::set<const Expression*> seen_;
};

}  // namespace

bool is_literal(const Traced& value) {
  return value.expression().operation == Operation::literal;
}
bool is_literal(const Traced& value, double literal) {
  return is_literal(value) && value.expression().literal == literal;
}
bool is_symbol(const Traced& value) {
  return value.expression().operation == Operation::symbol;
}

void for_each_node(const std::vector<Traced>& values,
                   const std::function<void(const Traced&)>& visit) {
  Visit visitor(visit);
  for (const Traced& value : values) visitor(value);
}

bool contains(const Traced& value, const Symbol& symbol) {
  bool found = false;
  for_each_node({value}, [&](const Traced& node) {
    found = found || (is_symbol(node) && node.expression().symbol == symbol);
  });
  return found;
}

Traced Rewriting::operator()(const Traced& value, const Replacement& replacement) {
  std::map<const Expression*, Traced> done;
  for_each_node({value}, [&](const Traced& node) {
    const Expression& expression = node.expression();
    std::vector<Traced> operands;
    for (const Traced& operand : expression.operands) {
      operands.push_back(done.at(&operand.expression()));
    }
    Traced result = operands.empty() ? shared(node) : make(expression.operation, operands);
    if (replacement) {
      if (const std::optional<Traced> other = replacement(result)) result = (*this)(*other);
    }
    done.emplace(&expression, result);
  });
  return done.at(&value.expression());
}

Traced Rewriting::named(const Traced& value, const Replacement& name) {
  const Expression& expression = value.expression();
  if (expression.operands.empty()) return value;
  std::vector<Traced> operands;
  for (const Traced& operand : expression.operands) {
    const std::optional<Traced> replaced = name(operand);
    operands.push_back(replaced ? *replaced : named(operand, name));
  }
  return make(expression.operation, std::move(operands));
}

Traced Rewriting::shared(const Traced& node) {
  const Expression& expression = node.expression();
  std::vector<const Expression*> operands;
  for (const Traced& operand : expression.operands) operands.push_back(&operand.expression());
  const Key key{expression.operation, expression.literal, expression.symbol.name,
                expression.symbol.subscript, std::move(operands)};
  return nodes_.emplace(key, node).first->second;
}

Traced Rewriting::literal(double value) {
  return shared(Traced(value));
}
Traced Rewriting::symbol(const Symbol& symbol) {
  return shared(Traced(symbol));
}

Traced Rewriting::make(Operation operation, std::vector<Traced> operands) {
  if (const std::optional<Traced> simpler = folded(operation, operands)) return *simpler;
  return shared(Traced(operation, std::move(operands)));
}

/// A choice between two expressions that differ in one operand is a choice of that operand.
std::optional<Traced> Rewriting::chosen_inside(const std::vector<Traced>& operands) {
  const Expression& one = operands[2].expression();
  const Expression& other = operands[3].expression();
  if (one.operation != other.operation || one.operation == Operation::select ||
      one.operands.size() != other.operands.size()) {
    return std::nullopt;
  }
  std::vector<Traced> joined = one.operands;
  std::optional<std::size_t> place;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (one.operands[i] == other.operands[i]) continue;
    if (place) return std::nullopt;
    place = i;
  }
  if (!place) return std::nullopt;
  joined[*place] = make(Operation::select,
                        {operands[0], operands[1], one.operands[*place], other.operands[*place]});
  return make(one.operation, std::move(joined));
}

/// a^(n - k) a is a^(n - k + 1).
std::optional<Traced> Rewriting::raised_once_more(const Traced& power, const Traced& base) {
  const Expression& expression = power.expression();
  if (expression.operation != Operation::power || !(expression.operands[0] == base)) {
    return std::nullopt;
  }
  const Expression& exponent = expression.operands[1].expression();
  if (exponent.operation != Operation::subtract || !is_small_integer(exponent.operands[1])) {
    return std::nullopt;
  }
  const double less = exponent.operands[1].expression().literal - 1;
  return make(Operation::power,
              {base, make(Operation::subtract, {exponent.operands[0], literal(less)})});
}

std::optional<Traced> Rewriting::folded(Operation operation, const std::vector<Traced>& operands) {
  if (operands.empty()) return std::nullopt;
  const Traced& left = operands.front();
  const Traced& right = operands.back();
  const double one = left.expression().literal;
  const double other = right.expression().literal;
  const bool integers = is_small_integer(left) && is_small_integer(right);
  switch (operation) {
    case Operation::add:
      if (is_literal(left, 0)) return right;
      if (is_literal(right, 0)) return left;
      if (integers) return literal(one + other);
      break;
    case Operation::subtract:
      if (is_literal(right, 0)) return left;
      if (integers) return literal(one - other);
      if (is_literal(left, 0)) return make(Operation::negate, {right});
      break;
    case Operation::multiply:
      if (is_literal(left, 0) || is_literal(right, 1)) return left;
      if (is_literal(right, 0) || is_literal(left, 1)) return right;
      if (integers) return literal(one * other);
      if (const std::optional<Traced> power = raised_once_more(left, right)) return power;
      break;
    case Operation::divide:
      if (is_literal(right, 1)) return left;
      if (is_literal(left, 0) && !is_literal(right, 0)) return left;
      break;
    case Operation::negate:
      if (is_literal(left)) return literal(one == 0 ? 0 : -one);
      if (left.expression().operation == Operation::negate) return left.expression().operands[0];
      break;
    case Operation::square:
      if (is_small_integer(left)) return literal(one * one);
      break;
    case Operation::sqrt:
      if (is_literal(left, 0) || is_literal(left, 1)) return left;
      break;
    case Operation::power:
      if (is_literal(right, 0) || is_literal(left, 1)) return literal(1);
      if (is_literal(right, 1)) return left;
      break;
    case Operation::select:
      if (operands[2] == operands[3]) return operands[2];
      if (const Expression& inner = operands[3].expression();
          inner.operation == Operation::select && inner.operands[0] == operands[1] &&
          inner.operands[1] == left && inner.operands[3] == operands[2]) {
        return operands[3];  // a < b and b < a exclude each other
      }
      if (is_literal(left) && is_literal(operands[1])) {
        return one < operands[1].expression().literal ? operands[2] : operands[3];
      }
      return chosen_inside(operands);
    case Operation::sign:
      if (is_literal(left, 0)) return left;
      break;
    default:
      break;
  }
  return std::nullopt;
}

}  // namespace plumbline
