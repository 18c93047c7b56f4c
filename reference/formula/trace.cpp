#include "reference/formula/trace.hpp"

#include <string>

namespace plumbline {
namespace {

constexpr int steps_traced = 4;

std::vector<Traced> given(const Rule& rule, const KeptHyperparameters& kept) {
  std::vector<Traced> values;
  for (std::size_t i = 0; i < rule.hyperparameters.size(); ++i) {
    const Hyperparameter& hyperparameter = rule.hyperparameters[i];
    if (!kept[i] && hyperparameter.neutral) {
      values.emplace_back(*hyperparameter.neutral);
    } else if (hyperparameter.kind == Hyperparameter::Kind::boolean) {
      values.emplace_back(1);
    } else {
      values.emplace_back(hyperparameter_symbol(hyperparameter));
    }
  }
  return values;
}

}  // namespace

Symbol parameter_symbol(const char* subscript) {
  return {"theta", subscript, true};
}
Symbol gradient_symbol() {
  return {"g", "t", true};
}
Symbol state_symbol(const Rule& rule, std::size_t tensor, const char* subscript) {
  const StateTensor& entry = rule.state[tensor];
  return {std::string(entry.symbol.empty() ? entry.name : entry.symbol), subscript, true};
}
Symbol scalar_symbol(const Rule& rule, std::size_t scalar, const char* subscript) {
  const std::string name = scalar < rule.scalars.size() ? std::string(rule.scalars[scalar].symbol)
                                                        : "s" + std::to_string(scalar + 1);
  return {name, subscript, false};
}
Symbol hyperparameter_symbol(const Hyperparameter& hyperparameter) {
  // One that is neutral at 0 stands in a formula only where it is on.
  return {.name = std::string(hyperparameter.symbol.empty() ? hyperparameter.name
                                                            : hyperparameter.symbol),
          .positive = hyperparameter.neutral == 0.0 && hyperparameter.least >= 0};
}

RuleTrace trace(const Rule& rule, std::span<const int> choices, const KeptHyperparameters& kept) {
  // The rate that the optimizer was made with is another symbol than the step's.
  std::vector<Traced> hyperparameters = given(rule, kept);
  const Traced learning_rate = hyperparameters[0];
  hyperparameters[0] = Traced(Symbol{learning_rate.expression().symbol.name, "0"});
  const auto update = rule.bind<Traced>(hyperparameters, choices);
  update->set_learning_rate(learning_rate);

  RuleTrace result;
  const auto elements = [](const StateTensors<Traced>& tensors) {
    std::vector<Traced> values;
    for (const auto& tensor : tensors) values.push_back(tensor[0]);
    return values;
  };
  const Traced start(parameter_symbol("0"));
  SharedState<Traced> shared = update->start_shared({});
  result.first_state = elements(update->start_state(std::span(&start, 1), shared));
  result.first_scalars = shared.scalars;

  const Traced parameter(parameter_symbol("t-1"));
  const Traced gradient(gradient_symbol());
  StateTensors<Traced> held;
  for (std::size_t i = 0; i < result.first_state.size(); ++i) {
    held.push_back({Traced(state_symbol(rule, i, "t-1"))});
  }
  const auto set_scalars = [&](const char* subscript) {
    for (std::size_t i = 0; i < shared.scalars.size(); ++i) {
      shared.scalars[i] = Traced(scalar_symbol(rule, i, subscript));
    }
  };
  set_scalars("t-1");
  if (const auto point = update->look_ahead(std::span(&parameter, 1), held, shared)) {
    result.look_ahead = point->front();
  }

  for (int step = 0; step < steps_traced; ++step) {
    RuleTrace::Step recorded;
    set_scalars("t-1");
    const SharedState<Traced> before = shared;
    recorded.scalars = trace_outcomes([&] {
      shared = before;
      update->advance(shared);
      return shared.scalars;
    });
    set_scalars("t");
    take_names();
    // The parameter is the last of the results.
    recorded.state = trace_outcomes([&] {
      StateTensors<Traced> state = held;
      Traced moved = parameter;
      if (update->asks_objective()) {
        const Traced draws(Symbol{"z", "t", true});
        update->apply_on(nullptr, std::span(&moved, 1), std::span(&draws, 1), state, shared);
      } else {
        update->apply(std::span(&moved, 1), std::span(&gradient, 1), state, shared);
      }
      std::vector<Traced> values = elements(state);
      values.push_back(moved);
      return values;
    });
    for (auto& [name, value] : take_names()) {
      const bool of_element = value.expression().of_element;
      recorded.names.emplace_back(Symbol{name, "t", of_element}, std::move(value));
    }
    recorded.parameter = recorded.state.back();
    recorded.state.pop_back();
    result.steps.push_back(std::move(recorded));
  }
  return result;
}

}  // namespace plumbline
