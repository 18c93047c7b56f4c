// The trace is the code: evaluated on plain numbers, what a rule recorded gives the bits
// that the rule itself gives.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <map>

#include "reference/catalogue.hpp"
#include "reference/formula/formula.hpp"
#include "reference/formula/rewriting.hpp"

namespace plumbline {
namespace {

using Value = Plain<Binary64>;

/// Values of symbols, by name and subscript.
class Environment {
 public:
  void set(const Symbol& symbol, Value value) { values_[key(symbol)] = value; }

  /// The expression's value, operation by operation as recorded.
  Value operator()(const Traced& value) const {
    std::map<const Expression*, Value> done;
    for_each_node({value}, [&](const Traced& node) {
      std::vector<Value> operands;
      for (const Traced& operand : node.expression().operands) {
        operands.push_back(done.at(&operand.expression()));
      }
      done[&node.expression()] = apply(node.expression(), operands);
    });
    return done.at(&value.expression());
  }

 private:
  using Key = std::pair<std::string, std::string>;
  std::map<Key, Value> values_;

  static Key key(const Symbol& symbol) { return {symbol.name, symbol.subscript}; }

  Value apply(const Expression& node, const std::vector<Value>& operands) const {
    switch (node.operation) {
      case Operation::symbol:
        return values_.at(key(node.symbol));
      case Operation::literal:
        return Value(node.literal);
      case Operation::add:
        return operands[0] + operands[1];
      case Operation::subtract:
        return operands[0] - operands[1];
      case Operation::multiply:
        return operands[0] * operands[1];
      case Operation::divide:
        return operands[0] / operands[1];
      case Operation::negate:
        return -operands[0];
      case Operation::square:
        return square(operands[0]);
      case Operation::sqrt:
        return sqrt(operands[0]);
      case Operation::abs:
        return abs(operands[0]);
      case Operation::max:
        return max(operands[0], operands[1]);
      case Operation::min:
        return min(operands[0], operands[1]);
      case Operation::sign:
        return sign(operands[0]);
      case Operation::cos:
        return cos(operands[0]);
      case Operation::exp:
        return exp(operands[0]);
      case Operation::log:
        return log(operands[0]);
      case Operation::tanh:
        return tanh(operands[0]);
      case Operation::erf:
        return erf(operands[0]);
      case Operation::pi:
        return pi<Value>();
      case Operation::sum:
        return sum(std::span<const Value>(operands));
      case Operation::greatest:
        return greatest(std::span<const Value>(operands));
      case Operation::select:
        return less(operands[0], operands[1]) ? operands[2] : operands[3];
      case Operation::power:
        return power(operands[0], operands[1]);
      default:  // of whole tensors and objectives
        break;
    }
    throw std::logic_error("no such operation");
  }
};

std::uint64_t bits(const Value& value) {
  return std::bit_cast<std::uint64_t>(value.value());
}

/// A number of ordinary size, of either sign, exactly 0 now and then.
double any_number() {
  const auto mantissa =
      *rc::gen::inRange<std::int64_t>(-(std::int64_t{1} << 40), std::int64_t{1} << 40);
  const int exponent = *rc::gen::inRange(-60, 4);
  return std::ldexp(static_cast<double>(mantissa), exponent);
}

/// A value of the hyperparameter that is in use.
double any_value(const Hyperparameter& hyperparameter) {
  if (hyperparameter.kind == Hyperparameter::Kind::boolean) return 1;
  const double share = *rc::gen::inRange(0, 1 << 20) / static_cast<double>(1 << 20);
  return hyperparameter.low + share * (hyperparameter.high - hyperparameter.low);
}

struct RuleRun {
  const Rule& rule;
  const Dialect& dialect;
  KeptHyperparameters kept;
  std::vector<double> values;
};

RuleRun any_run() {
  // A symbol is one number here; in rules by tensor it is a whole tensor.
  std::vector<const Rule*> by_element;
  for (const Rule& rule : all_rules()) {
    if (rule.unit == Unit::element) by_element.push_back(&rule);
  }
  const Rule& rule = *by_element[*rc::gen::inRange<std::size_t>(0, by_element.size())];
  const Dialect& dialect = rule.dialects[*rc::gen::inRange<std::size_t>(0, rule.dialects.size())];
  KeptHyperparameters kept = all_hyperparameters(rule, dialect);
  std::vector<double> values;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const Hyperparameter& hyperparameter = rule.hyperparameters[i];
    if (hyperparameter.neutral && *rc::gen::inRange(0, 2) == 0) kept[i] = false;
    values.push_back(kept[i] || !hyperparameter.neutral ? any_value(hyperparameter)
                                                        : *hyperparameter.neutral);
  }
  return {rule, dialect, std::move(kept), std::move(values)};
}

RC_GTEST_PROP(Trace, evaluated_in_recorded_order_gives_the_rules_own_bits, ()) {
  const RuleRun run = any_run();
  RC_LOG() << run.rule.name << "/" << run.dialect.name << "\n";
  const RuleTrace recorded = trace(run.rule, run.dialect.choices, run.kept);
  const auto update = run.rule.bind<Value>(run.values, run.dialect.choices);

  Value parameter(any_number());
  SharedState<Value> shared = update->start_shared({});
  StateTensors<Value> state = update->start_state(std::span<const Value>(&parameter, 1), shared);

  Environment environment;
  for (std::size_t i = 0; i < run.values.size(); ++i) {
    environment.set(hyperparameter_symbol(run.rule.hyperparameters[i]), run.values[i]);
  }
  const std::string rate = hyperparameter_symbol(run.rule.hyperparameters[0]).name;
  environment.set({rate, "0"}, run.values[0]);
  environment.set(parameter_symbol("0"), parameter);
  for (std::size_t i = 0; i < state.size(); ++i) {
    RC_ASSERT(bits(environment(recorded.first_state[i])) == bits(state[i][0]));
  }

  for (int step = 1; step <= 7; ++step) {
    if (step == 3) {
      const double other = any_value(run.rule.hyperparameters[0]);
      update->set_learning_rate(other);
      environment.set({rate}, other);
    }
    const auto& formulas =
        recorded
            .steps[std::min<std::size_t>(static_cast<std::size_t>(step), recorded.steps.size()) -
                   1];
    environment.set(step_symbol().expression().symbol, step);
    environment.set(parameter_symbol("t-1"), parameter);
    for (std::size_t i = 0; i < state.size(); ++i) {
      environment.set(state_symbol(run.rule, i, "t-1"), state[i][0]);
    }
    for (std::size_t i = 0; i < shared.scalars.size(); ++i) {
      environment.set(scalar_symbol(run.rule, i, "t-1"), shared.scalars[i]);
    }
    const auto point = update->look_ahead(std::span<const Value>(&parameter, 1), state, shared);
    RC_ASSERT(point.has_value() == recorded.look_ahead.has_value());
    if (point) RC_ASSERT(bits(environment(*recorded.look_ahead)) == bits(point->front()));

    const Value gradient(any_number());
    environment.set(gradient_symbol(), gradient);
    update->advance(shared);
    for (std::size_t i = 0; i < shared.scalars.size(); ++i) {
      RC_ASSERT(bits(environment(formulas.scalars[i])) == bits(shared.scalars[i]));
      environment.set(scalar_symbol(run.rule, i, "t"), shared.scalars[i]);
    }
    update->apply(std::span<Value>(&parameter, 1), std::span<const Value>(&gradient, 1), state,
                  shared);
    for (std::size_t i = 0; i < state.size(); ++i) {
      RC_ASSERT(bits(environment(formulas.state[i])) == bits(state[i][0]));
    }
    RC_ASSERT(bits(environment(formulas.parameter)) == bits(parameter));
  }
}

RC_GTEST_PROP(Trace, of_a_clipping_gives_its_bits, ()) {
  const Clipping& clipping =
      all_clippings()[*rc::gen::inRange<std::size_t>(0, all_clippings().size())];
  const Dialect& dialect =
      clipping.dialects[*rc::gen::inRange<std::size_t>(0, clipping.dialects.size())];
  std::vector<double> values;
  std::vector<Traced> symbols;
  Environment environment;
  for (const Hyperparameter& hyperparameter : clipping.hyperparameters) {
    values.push_back(any_value(hyperparameter));
    symbols.emplace_back(hyperparameter_symbol(hyperparameter));
    environment.set(hyperparameter_symbol(hyperparameter), values.back());
  }
  std::vector<std::vector<Value>> gradients;
  std::vector<std::vector<Traced>> traced;
  std::vector<ClippedParameter<Value>> parameters;
  std::vector<ClippedParameter<Traced>> traced_parameters;
  for (int tensor = 0; tensor < 2; ++tensor) {
    gradients.emplace_back();
    traced.emplace_back();
    const int count = *rc::gen::inRange(1, 4);
    parameters.push_back({{count}, {}});
    traced_parameters.push_back({{count}, {}});
    const auto symbol_with = [&](const char* name, int index, const Value& value) {
      const Symbol symbol{name, std::to_string(tensor) + "," + std::to_string(index), true};
      environment.set(symbol, value);
      return Traced(symbol);
    };
    for (int index = 0; index < count; ++index) {
      gradients.back().emplace_back(any_number());
      traced.back().push_back(symbol_with("g", index, gradients.back().back()));
      parameters.back().values.emplace_back(any_number());
      traced_parameters.back().values.push_back(
          symbol_with("w", index, parameters.back().values.back()));
    }
  }
  const auto norm = clipping.clip<Value>(values, dialect.choices, gradients,
                                         std::span<const ClippedParameter<Value>>(parameters));
  // The norm, where there is one, and all elements after it.
  const std::vector<Traced> results = trace_outcomes([&] {
    auto clipped = traced;
    const auto traced_norm =
        clipping.clip<Traced>(symbols, dialect.choices, clipped,
                              std::span<const ClippedParameter<Traced>>(traced_parameters));
    std::vector<Traced> all{traced_norm.value_or(Traced())};
    for (const auto& tensor : clipped) all.insert(all.end(), tensor.begin(), tensor.end());
    return all;
  });
  if (norm) RC_ASSERT(bits(environment(results.front())) == bits(*norm));
  std::size_t place = 0;
  for (const auto& gradient : gradients) {
    for (const Value& element : gradient) {
      RC_ASSERT(bits(environment(results[++place])) == bits(element));
    }
  }
}

}  // namespace
}  // namespace plumbline
