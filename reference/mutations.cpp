#include "reference/mutations.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "reference/mutation_names.hpp"
#include "reference/state_in_use.hpp"

namespace plumbline {
namespace {

/// Steps that are recorded: a rule may do otherwise in the first ones.
constexpr long recorded_steps = 8;

std::string two_digits(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

/// What a recorded phase brings forth that is of use.
struct Outputs {
  std::vector<char> state;    // by tensor: 1 where it counts
  std::vector<char> scalars;  // by scalar
};

/// True where the target of a write or an output's place counts.
bool is_live(Phase phase, std::size_t target, const Outputs& live) {
  switch (phase) {
    case Phase::start:
      return live.state[target] != 0;
    case Phase::advance:
      return live.scalars[target] != 0;
    case Phase::step:
      return target >= live.state.size() || live.state[target] != 0;
    default:
      return true;
  }
}

/// Calls `visit` for every node that the given one is computed from, operands first and
/// from left to right, whatever the order in which the compiler evaluated them.
void walk(const RecordedRun& run, int node, std::vector<char>& seen,
          const std::function<void(int)>& visit) {
  if (std::exchange(seen[static_cast<std::size_t>(node)], 1) != 0) return;
  for (const int operand : run.nodes[static_cast<std::size_t>(node)].operands) {
    walk(run, operand, seen, visit);
  }
  visit(node);
}

/// The nodes that contribute to what is live in a run, in the text's order.
std::vector<int> contributing(const RecordedRun& run, const Outputs& live) {
  std::vector<int> order;
  std::vector<char> seen(run.nodes.size());
  const auto add = [&](int node) {
    walk(run, node, seen, [&](int each) { order.push_back(each); });
  };
  // Each write in its turn; what is overwritten unread contributes to nothing.
  std::vector<char> used(run.nodes.size());
  std::vector<char> scratch(run.nodes.size());
  for (std::size_t output = 0; output < run.outputs.size(); ++output) {
    if (is_live(run.phase, output, live)) {
      walk(run, run.outputs[output], scratch,
           [&](int each) { used[static_cast<std::size_t>(each)] = 1; });
    }
  }
  for (const RecordedWrite& write : run.writes) {
    if (run.phase == Phase::schedule || used[static_cast<std::size_t>(write.node)] != 0)
      add(write.node);
  }
  for (std::size_t output = 0; output < run.outputs.size(); ++output) {
    if (is_live(run.phase, output, live)) add(run.outputs[output]);
  }
  return order;
}

/// State and scalars that reach a parameter, a look-ahead point or a tensor that is shown.
Outputs reach(std::span<const RecordedRun> runs, Outputs live) {
  for (bool grows = true; grows;) {
    grows = false;
    for (const RecordedRun& run : runs) {
      for (const int index : contributing(run, live)) {
        const RecordedNode& node = run.nodes[static_cast<std::size_t>(index)];
        if (node.is_operation) continue;
        const auto at = static_cast<std::size_t>(node.index);
        if (node.input == Input::state && std::exchange(live.state[at], 1) == 0) grows = true;
        if (node.input == Input::scalar && std::exchange(live.scalars[at], 1) == 0) grows = true;
      }
    }
  }
  return live;
}

/// Collects the mistakes of one phase over all its recorded runs.
class PhaseMutations {
 public:
  PhaseMutations(Phase phase, std::string prefix, std::string place, InputNames names,
                 std::vector<NamedMutation>& list)
      : phase_(phase),
        prefix_(std::move(prefix)),
        place_(std::move(place)),
        names_(std::move(names)),
        list_(&list) {}

  /// Operations are numbered as they come: the run to follow is the first one.
  void add_run(const RecordedRun& run, const Outputs& live) {
    for (const int index : contributing(run, live)) {
      const RecordedNode& node = run.nodes[static_cast<std::size_t>(index)];
      if (!node.is_operation) continue;
      const auto key = std::pair(node.expression, node.occurrence);
      const auto found = std::ranges::find(operations_, key, &Found::key);
      if (found == operations_.end()) {
        operations_.push_back({key, &run, index, node.misfits});
      } else {
        std::erase_if(found->misfits, [&](MutationKind kind) {
          return std::ranges::find(node.misfits, kind) == node.misfits.end();
        });
      }
    }
  }

  void write() {
    int number = 0;
    for (const Found& found : operations_) {
      ++number;
      const RecordedNode& node = found.run->nodes[static_cast<std::size_t>(found.node)];
      std::vector<bool> constant;
      std::vector<std::string> touches;
      for (const int operand : node.operands) {
        const RecordedNode& from = found.run->nodes[static_cast<std::size_t>(operand)];
        constant.push_back(!from.is_operation && from.input == Input::constant);
        if (!from.is_operation) touches.push_back(formula_of(*found.run, operand, names_));
      }
      const bool first_alone = phase_ != Phase::schedule && found.run->step == 1;
      const std::string formula = formula_of(*found.run, found.node, names_);
      for (const MutationKind kind : mistakes_in(node.operation, constant)) {
        if (std::ranges::find(found.misfits, kind) != found.misfits.end()) continue;
        if (kind == MutationKind::swapped && of_one_value(*found.run, node)) continue;
        NamedMutation entry;
        entry.mutation = {.phase = phase_,
                          .kind = kind,
                          .expression = node.expression,
                          .occurrence = node.occurrence};
        entry.name = prefix_ + (first_alone ? "first-op-" : "op-") + two_digits(number) + "-" +
                     mistake_slug(kind, node.operation);
        entry.description = place_ + (first_alone ? ", first step alone" : "") + ", operation " +
                            std::to_string(number) + ", " + formula + ": " +
                            mistake_words(kind, node.operation);
        entry.touches = touches;
        list_->push_back(std::move(entry));
      }
    }
  }

 private:
  /// The product of a matrix with itself is the same with its operands swapped.
  static bool of_one_value(const RecordedRun& run, const RecordedNode& node) {
    if (node.operation != NumberOperation::matrix_product) return false;
    const auto expression = [&](std::size_t operand) {
      return run.nodes[static_cast<std::size_t>(node.operands[operand])].expression;
    };
    return expression(0) == expression(1);
  }

  struct Found {
    std::pair<std::uint64_t, int> key;
    const RecordedRun* run;
    int node;
    std::vector<MutationKind> misfits;  ///< of every shape so far
  };
  Phase phase_;
  std::string prefix_, place_;
  InputNames names_;
  std::vector<NamedMutation>* list_;
  std::vector<Found> operations_;
};

/// Mistakes in when and where a value is kept: one phase's targets.
class WriteMutations {
 public:
  WriteMutations(Phase phase, std::string prefix, std::vector<std::string> targets,
                 std::vector<NamedMutation>& list)
      : phase_(phase), prefix_(std::move(prefix)), targets_(std::move(targets)), list_(&list) {}

  void add(MutationKind kind, std::size_t target, int write, std::uint64_t expression) {
    const bool again = write > 0;
    NamedMutation entry;
    entry.mutation = {.phase = phase_,
                      .kind = kind,
                      .expression = expression,
                      .target = static_cast<int>(target),
                      .write = write};
    const std::string nth = again ? "-" + std::to_string(write + 1) : "";
    entry.name = prefix_ + targets_[target] + nth + "-" + mistake_slug(kind, NumberOperation::add);
    entry.description = targets_[target] +
                        (again ? ", write " + std::to_string(write + 1) + ", " : " ") +
                        mistake_words(kind, NumberOperation::add);
    entry.touches = {targets_[target]};
    list_->push_back(std::move(entry));
  }

  /// The writes of one run.
  void add_run(const RecordedRun& run, const Outputs& live) {
    const std::vector<int> order = contributing(run, live);
    const std::set<int> useful(order.begin(), order.end());
    for (const RecordedWrite& write : run.writes) {
      const auto target = static_cast<std::size_t>(write.target);
      const RecordedNode& node = run.nodes[static_cast<std::size_t>(write.node)];
      const bool wanted = is_live(run.phase, target, live) || read_after(run, write, useful);
      if (!wanted || !useful.contains(write.node) ||
          !added_.insert({write.target, write.write}).second)
        continue;
      add(MutationKind::not_written, target, write.write, node.expression);
      const bool last = std::ranges::none_of(run.writes, [&](const RecordedWrite& other) {
        return other.target == write.target && other.write > write.write;
      });
      if (last && read_after(run, write, useful)) {
        add(MutationKind::written_late, target, write.write, node.expression);
      }
    }
  }

 private:
  Phase phase_;
  std::string prefix_;
  std::vector<std::string> targets_;
  std::vector<NamedMutation>* list_;
  std::set<std::pair<int, int>> added_;

  /// True when a contributing operation after the write reads what was written.
  static bool read_after(const RecordedRun& run, const RecordedWrite& write,
                         const std::set<int>& useful) {
    for (int index = write.position; index < static_cast<int>(run.nodes.size()); ++index) {
      const auto& operands = run.nodes[static_cast<std::size_t>(index)].operands;
      if (useful.contains(index) && std::ranges::find(operands, write.node) != operands.end()) {
        return true;
      }
    }
    return std::ranges::any_of(run.writes, [&](const RecordedWrite& other) {
      return other.target != write.target && other.node == write.node &&
             other.position > write.position && useful.contains(other.node);
    });
  }
};

/// The tensors that exist in a dialect, whatever the hyperparameters.
std::vector<char> shown_state(const Rule& rule, std::span<const int> choices) {
  std::vector<double> switched_on;
  for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
    switched_on.push_back(hyperparameter.distinct);
  }
  std::vector<char> shown;
  for (const StateTensor& tensor : rule.state) {
    const auto exists_for = [&](const Shape& parameter) {
      return in_use(rule, tensor, switched_on, choices, parameter);
    };
    shown.push_back(exists_for({1, 1}) || exists_for({1}) ? 1 : 0);
  }
  return shown;
}

std::vector<double> distinct_values(std::span<const Hyperparameter> hyperparameters) {
  std::vector<double> values;
  for (const Hyperparameter& hyperparameter : hyperparameters) {
    values.push_back(hyperparameter.distinct);
  }
  return values;
}

/// A rule that asks its objective, on one that has all that any rule wants.
void run_on_objective(const Rule& rule, const Update<Plain<Binary64>>& update) {
  using Number = Plain<Binary64>;
  const std::string_view name = rule.objectives.empty() ? "least_squares" : rule.objectives.front();
  const Objective* objective = find_objective(name);
  if (objective == nullptr) throw std::logic_error("no such objective");
  const auto bound = objective->bind<Number>();
  std::vector<Number> point(objective->start.begin(), objective->start.end());
  SharedState<Number> shared = update.start_shared({static_cast<long>(point.size())});
  std::vector<Shape> shapes;
  for (const ParameterTensor& tensor : objective->parameters) shapes.push_back(tensor.shape);
  shared.layers = layers_of(shapes);
  StateTensors<Number> state = update.start_state(point, shared);
  for (long step = 1; step <= recorded_steps; ++step) {
    std::vector<Number> draws;
    for (std::size_t i = 0; i < update.draw_count(point.size()); ++i) {
      draws.emplace_back((i + static_cast<std::size_t>(step)) % 3 == 0 ? -0.5 : 0.375);
    }
    update.advance(shared);
    update.apply_on(bound.get(), point, draws, state, shared);
  }
}

std::vector<RecordedRun> record_rule(const Rule& rule, std::span<const int> choices) {
  using Number = Plain<Binary64>;
  OperationRecording recording;
  // A mistake in what no rule computes: none at all.
  const auto update = rule.bind_mutated<Number>(distinct_values(rule.hyperparameters), choices,
                                                Mutation{.target = -1});
  if (update->asks_objective()) {
    run_on_objective(rule, *update);
    return std::move(recording.runs);
  }
  // An element; or a vector, a wide matrix, as formulas are written for, and a square one,
  // where more mistakes have a place. All of full rank.
  const std::vector<Shape> shapes =
      update->by_element() ? std::vector<Shape>{{}} : std::vector<Shape>{{2}, {2, 3}, {2, 2}};
  for (const Shape& shape : shapes) {
    const std::size_t size = element_count(shape);
    std::vector<Number> parameter{0.75, -0.5, 0.25, 1.5, 0.125, -1.0};
    parameter.resize(size);
    SharedState<Number> shared = update->start_shared(shape);
    StateTensors<Number> state = update->start_state(parameter, shared);
    for (long step = 1; step <= recorded_steps; ++step) {
      std::vector<Number> gradient{step % 2 == 0 ? -0.5 : 0.625, 0.25, -1.25, 0.375, 1.0, -0.75};
      gradient.resize(size);
      update->look_ahead(parameter, state, shared);
      update->advance(shared);
      update->apply(parameter, gradient, state, shared);
    }
  }
  return std::move(recording.runs);
}

std::vector<std::string> names_of(const auto& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.emplace_back(entry.name);
  return names;
}

std::vector<std::string> with_dashes(std::vector<std::string> names) {
  for (std::string& name : names) std::ranges::replace(name, '_', '-');
  return names;
}

std::uint64_t written_expression(std::span<const RecordedRun> runs, Phase phase,
                                 std::size_t output) {
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    if (run->phase == phase) {
      return run->nodes[static_cast<std::size_t>(run->outputs[output])].expression;
    }
  }
  return 0;
}

}  // namespace

AskedOfObjective asked_of_objective(const Rule& rule, std::span<const int> choices) {
  AskedOfObjective asked;
  if (rule.unit != Unit::objective) return asked;
  for (const RecordedRun& run : record_rule(rule, choices)) {
    for (const RecordedNode& node : run.nodes) {
      switch (node.operation) {
        case NumberOperation::objective_value:
          asked.value = true;
          break;
        case NumberOperation::objective_gradient:
        case NumberOperation::objective_residuals:
          asked.first_derivatives = true;
          asked.first_derivatives_again = asked.first_derivatives_again || run.step > 1;
          break;
        case NumberOperation::objective_hessian:
        case NumberOperation::objective_hessian_vector:
        case NumberOperation::objective_fisher:
          asked.second_derivatives = true;
          break;
        default:
          break;
      }
      // Draws are the first input of this kind, what layers say the others.
      if (!node.is_operation && node.input == Input::gradient && node.index > 0) {
        asked.first_derivatives = asked.first_derivatives_again = true;
      }
    }
  }
  const auto update = rule.bind<Plain<Binary64>>(distinct_values(rule.hyperparameters), choices);
  asked.draws = update->draw_count(2) > 0;
  return asked;
}

std::vector<NamedMutation> mutations_of(const Rule& rule, std::span<const int> choices) {
  const std::vector<RecordedRun> runs = record_rule(rule, choices);
  std::size_t scalar_count = 0;
  for (const RecordedRun& run : runs) {
    if (run.phase == Phase::advance) scalar_count = run.outputs.size();
  }
  const Outputs live =
      reach(runs, {shown_state(rule, choices), std::vector<char>(scalar_count, 0)});

  const InputNames names{names_of(rule.hyperparameters), names_of(rule.state)};
  std::vector<NamedMutation> list;
  struct Part {
    Phase phase;
    std::string prefix, place;
  };
  for (const Part& part :
       {Part{Phase::start, "start-", "the start"}, Part{Phase::advance, "scalars-", "the scalars"},
        Part{Phase::step, "", "the step"},
        Part{Phase::look_ahead, "look-ahead-", "the look-ahead"}}) {
    PhaseMutations operations(part.phase, part.prefix, part.place, names, list);
    // The latest step comes first, so that an operation is the first step's only where no
    // other step has it.
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
      if (run->phase == part.phase) operations.add_run(*run, live);
    }
    operations.write();
  }

  std::vector<std::string> scalars;
  for (std::size_t i = 0; i < scalar_count; ++i)
    scalars.push_back("scalar" + std::to_string(i + 1));
  WriteMutations advance(Phase::advance, "", scalars, list);
  for (const RecordedRun& run : runs) {
    if (run.phase == Phase::advance) advance.add_run(run, live);
  }
  for (std::size_t i = 0; i < scalar_count; ++i) {
    if (live.scalars[i] == 0) continue;
    const std::uint64_t written = written_expression(runs, Phase::advance, i);
    for (const MutationKind kind :
         {MutationKind::twice, MutationKind::late, MutationKind::starts_higher}) {
      advance.add(kind, i, 0, written);
    }
  }
  std::vector<std::string> targets = with_dashes(names.state);
  targets.emplace_back("parameter");
  WriteMutations start(Phase::start, "start-", targets, list);
  WriteMutations beginning(Phase::start, "", targets, list);
  WriteMutations step(Phase::step, "", targets, list);
  for (const RecordedRun& run : runs) {
    if (run.phase == Phase::start) start.add_run(run, live);
    if (run.phase == Phase::step) step.add_run(run, live);
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool parameter = i == names.state.size();
    if (!parameter && live.state[i] == 0) continue;
    if (!parameter) {
      beginning.add(MutationKind::starts_higher, i, 0, written_expression(runs, Phase::start, i));
    }
    step.add(MutationKind::twice, i, 0, written_expression(runs, Phase::step, i));
  }
  return list;
}

std::vector<NamedMutation> mutations_of(const Schedule& schedule, std::span<const int> choices) {
  using Number = Plain<Binary64>;
  OperationRecording recording;
  std::vector<long> steps;
  for (long step = 0; step <= 70; ++step) steps.push_back(step);
  // Steps before, in and after every phase, and both ways in.
  for (const Access access : {Access::sequential, Access::direct}) {
    schedule.mutated_values<Number>(distinct_values(schedule.hyperparameters), choices, access,
                                    steps, nullptr);
  }
  std::vector<NamedMutation> list;
  PhaseMutations operations(Phase::schedule, "", "the value",
                            {names_of(schedule.hyperparameters), {}}, list);
  for (const RecordedRun& run : recording.runs) operations.add_run(run, {});
  operations.write();
  return list;
}

std::vector<NamedMutation> mutations_of(const Clipping& clipping, std::span<const int> choices) {
  using Number = Plain<Binary64>;
  OperationRecording recording;
  std::vector<std::vector<Number>> gradients{{3.0, -4.0, 12.0}};
  const std::vector<ClippedParameter<Number>> parameters{{{3}, {0.5, -2.0, 0.25}}};
  clipping.mutated_clip<Number>(distinct_values(clipping.hyperparameters), choices, gradients,
                                clipping.wants_parameters
                                    ? std::span<const ClippedParameter<Number>>(parameters)
                                    : std::span<const ClippedParameter<Number>>(),
                                nullptr);
  std::vector<NamedMutation> list;
  PhaseMutations operations(Phase::clipping, "", "the clipping",
                            {names_of(clipping.hyperparameters), {}}, list);
  for (const RecordedRun& run : recording.runs) operations.add_run(run, {});
  operations.write();
  return list;
}

}  // namespace plumbline
