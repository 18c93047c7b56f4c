#include "reference/formula/formula.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>

#include "reference/formula/counts.hpp"
#include "reference/formula/rewriting.hpp"

namespace plumbline {
namespace {

bool same(const std::vector<Assignment>& left, const std::vector<Assignment>& right) {
  return std::ranges::equal(left, right, [](const Assignment& one, const Assignment& other) {
    return one.target == other.target && one.value == other.value;
  });
}

/// Derives one formula: holds the trace, and what has been found out of it.
class Derivation {
  using NamedValue = std::pair<Symbol, Traced>;

 public:
  /// `results`: state that is part of the formula though parameters do not depend on it.
  Derivation(const Rule& rule, std::span<const int> choices, const KeptHyperparameters& kept,
             const std::set<std::size_t>& results)
      : rule_(rule), trace_(trace(rule, choices, kept)), live_state_(results) {
    for (RuleTrace::Step& step : trace_.steps) {
      for (Traced& value : step.scalars) value = rewrite_(value);
      for (Traced& value : step.state) value = rewrite_(value);
      step.parameter = rewrite_(step.parameter);
      for (auto& [symbol, value] : step.names) value = rewrite_(value);
      keep_unambiguous(step.names);
    }
    if (trace_.look_ahead) trace_.look_ahead = rewrite_(*trace_.look_ahead);
    for (std::size_t i = 0; i < trace_.first_scalars.size(); ++i) find_closed_form(i);
    put_in_constants();
    find_live_values();
  }

  const std::set<std::size_t>& live_state() const { return live_state_; }

  Formula formula() {
    const std::size_t last = trace_.steps.size() - 1;
    std::vector<std::vector<Assignment>> general;
    for (std::size_t step = 0; step <= last; ++step) general.push_back(assignments(step, false));
    std::size_t regular = last;
    while (regular > 0 && same(general[regular - 1], general[last])) --regular;
    if (regular == last) {
      throw std::logic_error(std::string(rule_.name) + ": its steps do not become the same");
    }

    Formula result;
    for (std::size_t step = 0; step < regular; ++step) {
      result.steps.push_back(
          {static_cast<long>(step) + 1, false, point(step, true), assignments(step, true)});
    }
    result.steps.push_back(
        {static_cast<long>(regular) + 1, true, point(regular, false), general[last]});
    result.start = start();
    result.state.assign(live_state_.begin(), live_state_.end());
    std::ranges::copy_if(live_scalars_, std::back_inserter(result.scalars),
                         [&](std::size_t scalar) { return is_carried(scalar); });
    result.operations = counts();
    return result;
  }

 private:
  const Rule& rule_;
  RuleTrace trace_;
  Rewriting rewrite_;
  /// Scalars that need no line: symbol after (and before) the step, and what it is.
  std::vector<std::pair<Symbol, Traced>> closed_;
  std::set<std::size_t> live_state_, live_scalars_;

  /// Of names that ways through the text give to one value, one stays; one that stands for
  /// different values stands for none.
  static void keep_unambiguous(std::vector<std::pair<Symbol, Traced>>& names) {
    std::vector<std::pair<Symbol, Traced>> kept;
    for (const auto& name : names) {
      const bool ambiguous = std::ranges::any_of(names, [&](const auto& other) {
        return other.first == name.first && !(other.second == name.second);
      });
      if (!ambiguous && std::ranges::find(kept, name.first, &NamedValue::first) == kept.end()) {
        kept.push_back(name);
      }
    }
    names = std::move(kept);
  }

  /// What a scalar is after each step that was traced.
  std::vector<Traced> values_of(std::size_t scalar) const {
    std::vector<Traced> values;
    for (const RuleTrace::Step& step : trace_.steps) values.push_back(step.scalars[scalar]);
    return values;
  }

  /// A copy of a hyperparameter is what it copies, and a running product its power.
  void find_closed_form(std::size_t scalar) {
    const Symbol after = scalar_symbol(rule_, scalar, "t");
    const Traced before = rewrite_(Traced(scalar_symbol(rule_, scalar, "t-1")));
    const std::vector<Traced> values = values_of(scalar);
    const Traced& last = values.back();
    const auto regular = std::ranges::find(values, last);
    if (!std::all_of(regular, values.end(), [&](const Traced& value) { return value == last; })) {
      return;
    }
    if (is_constant(last) && regular == values.begin()) {
      // A copy of the learning rate is the rate of another step once that is over.
      if (!may_change(last) || !is_read_later(scalar)) closed_.emplace_back(after, last);
      return;
    }
    // From 1, unchanged in the first steps, times the same in each later one.
    const bool idle_before =
        std::all_of(values.begin(), regular, [&](const Traced& value) { return value == before; });
    const Expression& product = last.expression();
    if (product.operation != Operation::multiply || !idle_before ||
        !is_literal(trace_.first_scalars[scalar], 1)) {
      return;
    }
    const bool running_first = product.operands[0] == before;
    const Traced& running = product.operands[running_first ? 0 : 1];
    const Traced& factor = product.operands[running_first ? 1 : 0];
    if (!(running == before) || !is_constant(factor) || may_change(factor)) return;
    const auto power = [&](long past) {
      return rewrite_(Traced(Operation::power, {factor, Traced::step_count(past)}));
    };
    const long idle = regular - values.begin();
    closed_.emplace_back(after, power(idle));
    closed_.emplace_back(scalar_symbol(rule_, scalar, "t-1"), power(idle + 1));
  }

  /// Something in a step depends on what the scalar was before it.
  bool is_read_later(std::size_t scalar) const {
    return std::ranges::any_of(
        trace_.steps, [&](const RuleTrace::Step& step) { return is_read_in(step, scalar); });
  }

  bool is_read_in(const RuleTrace::Step& step, std::size_t scalar) const {
    const Symbol before = scalar_symbol(rule_, scalar, "t-1");
    const auto reads = [&](const Traced& value) { return contains(value, before); };
    return reads(step.parameter) || std::ranges::any_of(step.scalars, reads) ||
           std::ranges::any_of(step.state, reads);
  }

  /// A literal, or a hyperparameter.
  static bool is_constant(const Traced& value) {
    if (!is_symbol(value)) return is_literal(value);
    const Symbol& symbol = value.expression().symbol;
    return symbol.subscript.empty() && symbol != step_symbol().expression().symbol;
  }

  /// Scalars that never change are written as what they are from here on.
  void put_in_constants() {
    const auto constant = [&](const Traced& node) -> std::optional<Traced> {
      if (!is_symbol(node)) return std::nullopt;
      for (const auto& [symbol, value] : closed_) {
        if (node.expression().symbol == symbol && (is_literal(value) || is_symbol(value))) {
          return value;
        }
      }
      return std::nullopt;
    };
    for (RuleTrace::Step& step : trace_.steps) {
      for (Traced& value : step.state) value = rewrite_(value, constant);
      step.parameter = rewrite_(step.parameter, constant);
      for (auto& [symbol, value] : step.names) value = rewrite_(value, constant);
    }
  }

  /// The learning rate may be set anew before each step.
  bool may_change(const Traced& value) const {
    return contains(value, hyperparameter_symbol(rule_.hyperparameters[0]));
  }

  /// What the parameters and results of later steps depend on, directly or through other values.
  void find_live_values() {
    std::vector<Traced> roots;
    for (const RuleTrace::Step& step : trace_.steps) roots.push_back(step.parameter);
    if (trace_.look_ahead) roots.push_back(*trace_.look_ahead);
    for (std::size_t known = 0; known != live_state_.size() + live_scalars_.size() + 1;) {
      known = live_state_.size() + live_scalars_.size() + 1;
      std::vector<Traced> values = roots;
      for (const RuleTrace::Step& step : trace_.steps) {
        for (const std::size_t i : live_state_) values.push_back(step.state[i]);
        for (const std::size_t i : live_scalars_) values.push_back(step.scalars[i]);
      }
      for_each_node(values, [&](const Traced& node) {
        if (!is_symbol(node)) return;
        const Symbol& symbol = node.expression().symbol;
        for (std::size_t i = 0; i < trace_.first_state.size(); ++i) {
          if (symbol == state_symbol(rule_, i, "t-1")) live_state_.insert(i);
        }
        for (std::size_t i = 0; i < trace_.first_scalars.size(); ++i) {
          if (symbol == scalar_symbol(rule_, i, "t-1") || symbol == scalar_symbol(rule_, i, "t")) {
            live_scalars_.insert(i);
          }
        }
      });
    }
  }

  bool is_closed(const Symbol& symbol) const {
    return std::ranges::any_of(closed_, [&](const auto& form) { return form.first == symbol; });
  }

  /// A later value depends on what the scalar was before the step.
  bool is_carried(std::size_t scalar) const {
    const Symbol before = scalar_symbol(rule_, scalar, "t-1");
    std::vector<Traced> values;
    for (const RuleTrace::Step& step : trace_.steps) {
      for (const std::size_t i : live_scalars_) values.push_back(step.scalars[i]);
    }
    if (trace_.look_ahead) values.push_back(*trace_.look_ahead);
    return std::ranges::any_of(values,
                               [&](const Traced& value) { return contains(value, before); });
  }

  /// A value of one step as it is read: closed forms put in and, where the step is
  /// written apart, its number and what is held at the start.
  Traced presented(const Traced& value, std::size_t step, bool apart) {
    return rewrite_(value, [&](const Traced& node) -> std::optional<Traced> {
      if (!is_symbol(node)) return std::nullopt;
      const Symbol& symbol = node.expression().symbol;
      for (const auto& [scalar, form] : closed_) {
        if (symbol == scalar) return apart ? presented(form, step, true) : form;
      }
      if (!apart) return std::nullopt;
      if (symbol == step_symbol().expression().symbol) return Traced(static_cast<int>(step) + 1);
      if (step == 0) {
        for (std::size_t i = 0; i < trace_.first_state.size(); ++i) {
          if (symbol == state_symbol(rule_, i, "t-1") && is_literal(trace_.first_state[i])) {
            return trace_.first_state[i];
          }
        }
        for (std::size_t i = 0; i < trace_.first_scalars.size(); ++i) {
          if (symbol == scalar_symbol(rule_, i, "t-1")) return trace_.first_scalars[i];
        }
      }
      if (symbol.subscript != "t" && symbol.subscript != "t-1") return std::nullopt;
      const std::size_t number = symbol.subscript == "t" ? step + 1 : step;
      return Traced(Symbol{symbol.name, std::to_string(number), symbol.of_element});
    });
  }

  /// The lines of a step, each after those that it uses.
  std::vector<Assignment> assignments(std::size_t step, bool apart) {
    const RuleTrace::Step& recorded = trace_.steps[step];
    std::vector<Assignment> lines;
    std::vector<Traced> passing;  // no line of their own: literals that no later step needs
    const auto add = [&](const Symbol& symbol, Traced value) {
      // A literal that an earlier line gives to a scalar is put in where it is used.
      value = rewrite_(presented(value, step, apart), [&](const Traced& node) {
        const auto line = std::ranges::find(lines, node, &Assignment::target);
        return line != lines.end() && is_literal(line->value) ? std::optional(line->value)
                                                              : std::nullopt;
      });
      lines.push_back({presented(rewrite_(Traced(symbol)), step, apart), value});
    };
    for (const std::size_t i : live_scalars_) {
      const Symbol symbol = scalar_symbol(rule_, i, "t");
      if (is_closed(symbol)) continue;
      add(symbol, recorded.scalars[i]);
      if (!is_carried(i) && is_literal(lines.back().value)) passing.push_back(lines.back().target);
    }
    for (const std::size_t i : live_state_) add(state_symbol(rule_, i, "t"), recorded.state[i]);
    const std::size_t first_name = lines.size();
    for (const auto& [symbol, value] : recorded.names) add(symbol, value);
    const std::size_t past_names = lines.size();
    add(parameter_symbol("t"), recorded.parameter);
    lines = without_idle(with_names(lines), first_name, past_names);
    std::erase_if(lines, [&](const Assignment& line) {
      return std::ranges::find(passing, line.target) != passing.end();
    });
    return in_order(lines);
  }

  /// Without the lines of this range whose target no other line uses.
  static std::vector<Assignment> without_idle(std::vector<Assignment> lines, std::size_t first,
                                              std::size_t last) {
    for (bool removed = true; removed;) {
      removed = false;
      for (std::size_t i = first; i < last && !removed; ++i) {
        const Symbol& symbol = lines[i].target.expression().symbol;
        const bool used = std::ranges::any_of(lines, [&](const Assignment& line) {
          return !(line.target == lines[i].target) && contains(line.value, symbol);
        });
        if (used) continue;
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
        --last;
        removed = true;
      }
    }
    return lines;
  }

  /// Puts the targets' names where their values occur in other lines.
  std::vector<Assignment> with_names(const std::vector<Assignment>& lines) {
    std::vector<Assignment> result;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto name = [&](const Traced& node) { return name_in(lines, node, lines.size()); };
      const std::optional<Traced> copy = name_in(lines, lines[i].value, i);
      result.push_back({lines[i].target, copy ? *copy : rewrite_.named(lines[i].value, name)});
    }
    return result;
  }

  /// The target of the first of `count` lines that has this value.
  static std::optional<Traced> name_in(const std::vector<Assignment>& lines, const Traced& value,
                                       std::size_t count) {
    if (is_symbol(value) || is_literal(value)) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) {
      if (lines[i].value == value) return lines[i].target;
    }
    return std::nullopt;
  }

  static std::vector<Assignment> in_order(std::vector<Assignment> lines) {
    std::vector<Assignment> result;
    while (!lines.empty()) {
      const auto next = std::ranges::find_if(lines, [&](const Assignment& line) {
        return std::ranges::none_of(lines, [&](const Assignment& other) {
          return contains(line.value, other.target.expression().symbol);
        });
      });
      result.push_back(*next);
      lines.erase(next);
    }
    return result;
  }

  std::optional<Traced> point(std::size_t step, bool apart) {
    if (!trace_.look_ahead) return std::nullopt;
    std::vector<Assignment> lines;
    for (const std::size_t i : live_scalars_) {
      const Symbol symbol = scalar_symbol(rule_, i, "t");
      if (is_closed(symbol)) continue;
      lines.push_back({presented(rewrite_(Traced(symbol)), step, apart),
                       presented(trace_.steps[step].scalars[i], step, apart)});
    }
    const auto name = [&](const Traced& node) { return name_in(lines, node, lines.size()); };
    const Traced value = rewrite_.named(presented(*trace_.look_ahead, step, apart), name);
    if (value == presented(rewrite_(Traced(parameter_symbol("t-1"))), step, apart)) {
      return std::nullopt;
    }
    return value;
  }

  std::vector<Assignment> start() {
    std::vector<Assignment> lines;
    for (const std::size_t i : live_scalars_) {
      if (!is_carried(i) || is_closed(scalar_symbol(rule_, i, "t-1")) || !is_read_at_start(i)) {
        continue;
      }
      lines.push_back({Traced(scalar_symbol(rule_, i, "0")), trace_.first_scalars[i]});
    }
    for (const std::size_t i : live_state_) {
      lines.push_back({Traced(state_symbol(rule_, i, "0")), rewrite_(trace_.first_state[i])});
    }
    return lines;
  }

  /// The first step depends on what the scalar begins with.
  bool is_read_at_start(std::size_t scalar) const {
    return is_read_in(trace_.steps.front(), scalar) ||
           (trace_.look_ahead && contains(*trace_.look_ahead, scalar_symbol(rule_, scalar, "t-1")));
  }

  OperationCounts counts() const {
    const RuleTrace::Step& last = trace_.steps.back();
    std::vector<Traced> values{last.parameter};
    for (const std::size_t i : live_state_) values.push_back(last.state[i]);
    for (const std::size_t i : live_scalars_) values.push_back(last.scalars[i]);
    if (trace_.look_ahead) values.push_back(*trace_.look_ahead);
    return count_operations(values);
  }
};

/// State that no parameter depends on, whatever is switched on: it is held for its own sake,
/// as an average of the parameters is.
std::set<std::size_t> results_of(const Rule& rule, std::span<const int> choices) {
  const KeptHyperparameters everything(rule.hyperparameters.size(), true);
  const Derivation derivation(rule, choices, everything, {});
  std::vector<double> values;
  for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
    values.push_back(hyperparameter.distinct);
  }
  std::set<std::size_t> results;
  for (std::size_t i = 0; i < rule.state.size(); ++i) {
    if (in_use(rule, rule.state[i], values, choices) && !derivation.live_state().contains(i)) {
      results.insert(i);
    }
  }
  return results;
}

}  // namespace

Formula formula_of(const Rule& rule, std::span<const int> choices,
                   const KeptHyperparameters& kept) {
  return Derivation(rule, choices, kept, results_of(rule, choices)).formula();
}

}  // namespace plumbline
