#include "reference/numbers/mutated.hpp"

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "reference/numbers/mistakes.hpp"
#include "reference/tensors/mistakes.hpp"

namespace plumbline {
namespace {

/// What this thread's Mutated numbers are part of.
struct Script {
  bool running = false;
  const Mutation* mutation = nullptr;
  Phase phase = Phase::step;
  std::span<const double> hyperparameters;
  const char* first_target = nullptr;
  std::size_t target_size = 1;
  std::size_t target_count = 0;
  const void* last_target = nullptr;
  int seen = 0;               // evaluations of the mutation's expression so far
  std::map<int, int> writes;  // by target
  std::map<std::uint64_t, int> occurrences;
  OperationRecording* recording = nullptr;
};

Script& script() {
  thread_local Script current;
  return current;
}

/// Where a write that is put off waits.
template <class Base>
std::optional<Mutated<Base>>& late_value() {
  thread_local std::optional<Mutated<Base>> value;
  return value;
}

std::uint64_t mix(std::uint64_t value) {  // SplitMix64's finalizer
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

std::uint64_t joined(std::uint64_t one, std::uint64_t other) {
  return mix(mix(one) ^ other);
}

RecordedRun* recorded_run() {
  Script& current = script();
  if (current.recording == nullptr || !current.running) return nullptr;
  return &current.recording->runs.back();
}

/// Two operations may compute one expression: they are told apart by their order. Not so
/// in clipping, where the same text runs for every element.
bool counts_occurrences(const Script& current) {
  return current.phase != Phase::clipping;
}

int add_node(RecordedRun& run, RecordedNode node) {
  run.nodes.push_back(std::move(node));
  return static_cast<int>(run.nodes.size()) - 1;
}

Provenance input_with_value(Input input, int index, double value) {
  Provenance expression;
  expression.id =
      joined(static_cast<std::uint64_t>(input) + 1000, static_cast<std::uint64_t>(index));
  expression.input = input;
  expression.index = index;
  expression.constant = input == Input::constant;
  if (RecordedRun* run = recorded_run()) {
    expression.node = add_node(
        *run, {.input = input, .index = index, .value = value, .expression = expression.id});
  }
  return expression;
}

Provenance conversion(const double* address, double value) {
  const std::span<const double> known = script().hyperparameters;
  const std::less_equal<const double*> at_most;
  if (!known.empty() && at_most(known.data(), address) && at_most(address, &known.back())) {
    return input_with_value(Input::hyperparameter, static_cast<int>(address - known.data()), value);
  }
  return input_with_value(Input::constant, 0, value);
}

/// The operand's node, made where the value is older than the run.
int node_of(RecordedRun& run, const Provenance& operand) {
  if (operand.node >= 0) return operand.node;
  return add_node(run, {.input = operand.input, .index = operand.index, .expression = operand.id});
}

/// Where an operation stands: its expression, and whether it goes wrong here.
struct Placed {
  Provenance expression;
  const MutationKind* mistake = nullptr;
};

template <class... Operands>
Placed place(NumberOperation operation, const Operands&... operands) {
  Placed placed;
  std::uint64_t id = static_cast<std::uint64_t>(operation) + 1;
  ((id = joined(id, operands.id)), ...);
  placed.expression.id = id;
  Script& current = script();
  if (!current.running) return placed;
  if (const Mutation* mutation = current.mutation;
      mutation != nullptr && mutation->expression == id && mutation->phase == current.phase &&
      is_of_operation(mutation->kind)) {
    if (!counts_occurrences(current) || current.seen++ == mutation->occurrence) {
      placed.mistake = &mutation->kind;
    }
  }
  if (RecordedRun* run = recorded_run()) {
    const std::vector<int> nodes{node_of(*run, operands)...};
    const int occurrence = counts_occurrences(current) ? current.occurrences[id]++ : 0;
    placed.expression.node = add_node(*run, {.is_operation = true,
                                             .operation = operation,
                                             .expression = id,
                                             .occurrence = occurrence,
                                             .operands = nodes});
  }
  return placed;
}

/// Writes down which mistakes have another shape in the operation's place.
template <class Misfits>
void note_misfits(const Placed& placed, const Misfits& kinds) {
  if (RecordedRun* run = recorded_run()) {
    run->nodes[static_cast<std::size_t>(placed.expression.node)].misfits = kinds();
  }
}

}  // namespace

bool is_of_operation(MutationKind kind) {
  return kind < MutationKind::not_written;
}

OperationRecording::OperationRecording() {
  script().recording = this;
}
OperationRecording::~OperationRecording() {
  script().recording = nullptr;
}

Provenance input_expression(Input input, int index, double value) {
  return input_with_value(input, index, value);
}

MutationScope::MutationScope(const Mutation* mutation, Phase phase, long step,
                             std::span<const double> hyperparameters) {
  Script& current = script();
  OperationRecording* recording = current.recording;
  current = {};
  current.running = true;
  current.mutation = mutation;
  current.phase = phase;
  current.hyperparameters = hyperparameters;
  current.recording = recording;
  if (recording != nullptr) recording->runs.push_back({.phase = phase, .step = step});
}

MutationScope::~MutationScope() {
  OperationRecording* recording = script().recording;
  script() = {};
  script().recording = recording;
}

void MutationScope::watch(const void* first, std::size_t size, std::size_t count,
                          const void* last) {
  Script& current = script();
  current.first_target = static_cast<const char*>(first);
  current.target_size = size;
  current.target_count = count;
  current.last_target = last;
}

void MutationScope::output(const Provenance& expression) {
  if (RecordedRun* run = recorded_run()) run->outputs.push_back(node_of(*run, expression));
}

template <class Base>
void MutationScope::write_late(std::span<Mutated<Base>> targets, Mutated<Base>* last) {
  std::optional<Mutated<Base>>& waiting = late_value<Base>();
  if (!waiting) return;
  const Mutated<Base> value = *std::exchange(waiting, std::nullopt);
  // A run that ended by an exception may have left its write behind.
  const Mutation* mutation = script().mutation;
  if (mutation == nullptr || mutation->kind != MutationKind::written_late ||
      mutation->phase != script().phase) {
    return;
  }
  const auto target = static_cast<std::size_t>(mutation->target);
  script().running = false;  // this one is no write of the phase
  (target < targets.size() ? targets[target] : *last) = value;
  script().running = true;
}

namespace {

/// The index of what is written to, or -1 where it is not watched.
int target_of(const Script& current, const void* address) {
  const auto* byte = static_cast<const char*>(address);
  const std::less<const char*> before;
  if (current.last_target == address) return static_cast<int>(current.target_count);
  const char* end = current.first_target + current.target_size * current.target_count;
  if (current.target_count == 0 || before(byte, current.first_target) || !before(byte, end)) {
    return -1;
  }
  return static_cast<int>(static_cast<std::size_t>(byte - current.first_target) /
                          current.target_size);
}

}  // namespace

template <class Base>
Mutated<Base>::Mutated() : value_(0), expression_(input_with_value(Input::constant, 0, 0)) {}
template <class Base>
Mutated<Base>::Mutated(const double& exact)
    : value_(exact), expression_(conversion(&exact, exact)) {}
template <class Base>
Mutated<Base>::Mutated(int exact)
    : value_(exact), expression_(input_with_value(Input::constant, 0, exact)) {}

template <class Base>
Mutated<Base>& Mutated<Base>::operator=(const Mutated& other) {
  Script& current = script();
  if (current.running && current.phase == Phase::schedule) {
    // A running value: from here on it is what was assigned, whatever the step, so that
    // every turn of a recursion has the same operations.
    if (RecordedRun* run = recorded_run()) {
      run->writes.push_back({.node = node_of(*run, other.expression_)});
    }
    value_ = other.value_;
    expression_ = input_with_value(Input::assigned, 0, 0);
    current.seen = 0;
    current.occurrences.clear();
    return *this;
  }
  if (const int target = current.running ? target_of(current, this) : -1; target >= 0) {
    const int write = current.writes[target]++;
    if (RecordedRun* run = recorded_run()) {
      const int node = node_of(*run, other.expression_);
      run->writes.push_back({target, write, node, static_cast<int>(run->nodes.size())});
    }
    const Mutation* mutation = current.mutation;
    if (mutation != nullptr && mutation->phase == current.phase && mutation->target == target &&
        mutation->write == write) {
      if (mutation->kind == MutationKind::not_written) return *this;
      if (mutation->kind == MutationKind::written_late) {
        late_value<Base>().emplace(other);
        return *this;
      }
    }
  }
  value_ = other.value_;
  expression_ = other.expression_;
  return *this;
}

template <class Base>
Mutated<Base> Mutated<Base>::of_two(NumberOperation operation, const Mutated& left,
                                    const Mutated& right) {
  const Placed placed = place(operation, left.expression_, right.expression_);
  return Mutated(placed.mistake == nullptr
                     ? carried_out(operation, left.value_, right.value_)
                     : mistaken(*placed.mistake, operation, left.value_, right.value_),
                 placed.expression);
}

template <class Base>
Mutated<Base> Mutated<Base>::of_one(NumberOperation operation, const Mutated& value) {
  const Placed placed = place(operation, value.expression_);
  if (placed.mistake != nullptr && *placed.mistake == MutationKind::to_sine) {
    return Mutated(cos(value.value_ - plumbline::pi<Base>() / Base(2)), placed.expression);
  }
  return Mutated(placed.mistake == nullptr ? carried_out(operation, value.value_)
                                           : mistaken(*placed.mistake, operation, value.value_),
                 placed.expression);
}

template <class Base>
Mutated<Base> Mutated<Base>::of_all(std::span<const Mutated> terms) {
  // Which terms there are depends on the shapes: the sum's expression does not.
  const Placed placed =
      place(NumberOperation::sum, terms.empty() ? Provenance{} : terms[0].expression_);
  std::vector<Base> values;
  for (const Mutated& term : terms) values.push_back(term.value_);
  if (placed.mistake != nullptr && !values.empty()) {
    if (*placed.mistake == MutationKind::first_term_dropped) values.erase(values.begin());
    if (*placed.mistake == MutationKind::last_term_dropped) values.pop_back();
    if (*placed.mistake == MutationKind::sum_of_magnitudes) {
      for (Base& value : values) value = abs(value);
    }
  }
  if constexpr (is_array<Base>) {
    Base result(0);
    for (const Base& value : values) result = result + value;
    return Mutated(result, placed.expression);
  } else {
    return Mutated(sum(std::span<const Base>(values)), placed.expression);
  }
}

template <class Base>
Mutated<Base> Mutated<Base>::of_tensor(NumberOperation operation,
                                       const Mutated& value) requires holds_tensors<Base> {
  const Placed placed = place(operation, value.expression_);
  if (placed.mistake != nullptr) {
    return Mutated(mistaken_on_tensor(*placed.mistake, operation, value.value_), placed.expression);
  }
  Base right = carried_out_on_tensor(operation, value.value_);
  note_misfits(placed, [&] { return misfits(right, value.value_); });
  return Mutated(std::move(right), placed.expression);
}

template <class Base>
Mutated<Base> Mutated<Base>::of_tensors(NumberOperation operation, const Mutated& left,
                                        const Mutated& right) requires holds_tensors<Base> {
  const Placed placed = place(operation, left.expression_, right.expression_);
  if (placed.mistake != nullptr) {
    return Mutated(mistaken_on_tensors(*placed.mistake, operation, left.value_, right.value_),
                   placed.expression);
  }
  Base correct = carried_out_on_tensors(operation, left.value_, right.value_);
  note_misfits(placed, [&] { return misfits(operation, correct, left.value_, right.value_); });
  return Mutated(std::move(correct), placed.expression);
}

template <class Base>
Mutated<Base> Mutated<Base>::answered(NumberOperation operation, const Mutated& point,
                                      Base answer) {
  return Mutated(std::move(answer), place(operation, point.expression_).expression);
}

template <class Base>
bool Mutated<Base>::compared(const Mutated& left, const Mutated& right) {
  const Placed placed = place(NumberOperation::less, left.expression_, right.expression_);
  if (placed.mistake == nullptr) return less(left.value_, right.value_);
  if (*placed.mistake == MutationKind::always) return true;
  if (*placed.mistake == MutationKind::never) return false;
  if (*placed.mistake == MutationKind::swapped) return less(right.value_, left.value_);
  return !less(left.value_, right.value_);
}

template <class Base>
Mutated<Base> Mutated<Base>::cos_of_pi(long numerator, long denominator) {
  const Placed placed = place(
      NumberOperation::cos_pi, input_with_value(Input::constant, 0, static_cast<double>(numerator)),
      input_with_value(Input::constant, 0, static_cast<double>(denominator)));
  if (placed.mistake != nullptr) {
    switch (*placed.mistake) {
      case MutationKind::to_sine:  // cos(x - pi/2)
        return Mutated(plumbline::cos_pi<Base>(2 * numerator - denominator, 2 * denominator),
                       placed.expression);
      case MutationKind::operand_alone:
        return Mutated(plumbline::pi<Base>() * Base(static_cast<double>(numerator)) /
                           Base(static_cast<double>(denominator)),
                       placed.expression);
      case MutationKind::left_plus_one:
        ++numerator;
        break;
      case MutationKind::left_minus_one:
        --numerator;
        break;
      case MutationKind::right_plus_one:
        ++denominator;
        break;
      default:
        break;
    }
  }
  return Mutated(plumbline::cos_pi<Base>(numerator, denominator), placed.expression);
}

#define PLUMBLINE_INSTANTIATE(...)     \
  template class Mutated<__VA_ARGS__>; \
  template void MutationScope::write_late(std::span<Mutated<__VA_ARGS__>>, Mutated<__VA_ARGS__>*);
PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_INSTANTIATE)
#undef PLUMBLINE_INSTANTIATE

#define PLUMBLINE_INSTANTIATE_TENSORS(...)                                        \
  template class Mutated<Array<__VA_ARGS__>>;                                     \
  template void MutationScope::write_late(std::span<Mutated<Array<__VA_ARGS__>>>, \
                                          Mutated<Array<__VA_ARGS__>>*);
PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_INSTANTIATE_TENSORS)
#undef PLUMBLINE_INSTANTIATE_TENSORS

}  // namespace plumbline
