// Expressions brought into a form in which equal ones are one node.
//
// What a rule records is rewritten for reading: values are put in for symbols, and
// operations that then do nothing (times 1, plus 0, times 0) are folded away. Only
// identities of real arithmetic are used; literals are joined where that is exact.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "reference/numbers/traced.hpp"

namespace plumbline {

class Rewriting {
 public:
  /// What stands for a node, or nothing where it stays.
  using Replacement = std::function<std::optional<Traced>(const Traced&)>;

  /// `value` folded and shared, with replacements put in from the leaves upwards.
  Traced operator()(const Traced& value, const Replacement& replacement = {});
  /// The same for the operands of `value` alone, from the root downwards: what is
  /// replaced is not looked into. For putting names to sub-expressions.
  Traced named(const Traced& value, const Replacement& name);

  /// A node with these operands, which are this object's own nodes.
  Traced make(Operation operation, std::vector<Traced> operands);
  Traced literal(double value);
  Traced symbol(const Symbol& symbol);

 private:
  using Key =
      std::tuple<Operation, double, std::string, std::string, std::vector<const Expression*>>;
  std::map<Key, Traced> nodes_;

  Traced shared(const Traced& node);
  std::optional<Traced> chosen_inside(const std::vector<Traced>& operands);
  std::optional<Traced> folded(Operation operation, const std::vector<Traced>& operands);
  std::optional<Traced> raised_once_more(const Traced& power, const Traced& base);
};

bool is_literal(const Traced& value);
bool is_literal(const Traced& value, double literal);
bool is_symbol(const Traced& value);

/// Calls `visit` for `value` and each node below it, once each, operands first.
void for_each_node(const std::vector<Traced>& values,
                   const std::function<void(const Traced&)>& visit);

/// True when the symbol occurs in the value.
bool contains(const Traced& value, const Symbol& symbol);

}  // namespace plumbline
