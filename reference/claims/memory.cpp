// The memory column: how many numbers an optimizer keeps, counted from the state itself.
//
// The column of the document counts the P parameters and what the rule keeps beside them from
// step to step; the gradient is in none of its rows, and single numbers (a step's count) are not
// counted. So "O(3P)" is read as three numbers a parameter (as an order alone it would say no
// more than O(P)). The parameter is a matrix of sizes that tell rows, columns and P apart.
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/state_size.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

struct Kept {
  long parameters = 0;  ///< tensors of the parameter's shape, itself included
  bool rows = false, columns = false;
  bool operator==(const Kept&) const = default;
};

Finding keeps(std::string_view rule, const Kept& stated) {
  std::vector<Shape> shapes = kept_shapes(rule_named(rule), rule_named(rule).dialects.front());
  shapes.push_back(measured_parameter);
  const long rows = measured_parameter[0];
  const long columns = measured_parameter[1];
  Kept found;
  std::size_t others = 0;
  for (const Shape& shape : shapes) {
    if (shape == measured_parameter) {
      ++found.parameters;
    } else if (shape == Shape{rows, 1}) {
      found.rows = true;
    } else if (shape == Shape{1, columns}) {
      found.columns = true;
    } else {
      others += element_count(shape);
    }
  }
  std::size_t numbers = 0;
  for (const Shape& shape : shapes) numbers += element_count(shape);
  Readings readings;
  readings.add("parameters and state", found == stated && others == 0);
  readings.add(figure("parameters and state", size_text(shapes)));
  readings.add(figure(
      "numbers for " + std::to_string(rows) + " rows and " + std::to_string(columns) + " columns",
      static_cast<long>(numbers)));
  return readings.finding();
}

Claim row(int line, const std::string& name, std::string_view rule, const std::string& column,
          const Kept& stated, const std::string& wrong, const Kept& planted) {
  return {.id = "000-memory-" + std::string(rule),
          .document = lecture_notes,
          .line = line,
          .sentence = name + " takes the memory " + column,
          .computed =
              "the state of the catalogue's rule counted on a parameter of 1009 rows and 2003 "
              "columns, with the parameter itself",
          .compute = [rule, stated] { return keeps(rule, stated); },
          .planted = "takes " + wrong,
          .compute_planted = [rule, planted] { return keeps(rule, planted); },
          .reproduce = "plumbline show " + std::string(rule)};
}

}  // namespace

std::vector<Claim> memory() {
  const Kept one{1}, two{2}, three{3}, factored{1, true, true};
  Claim descent = row(116, "gradient descent", "gradient_descent", "O(n)", one, "O(2n)", two);
  descent.id = "003-gradient-descent-storage";
  descent.document = encyclopedia;
  descent.line = 121;
  return {
      descent,
      row(116, "SGD", "gradient_descent", "O(P)", one, "O(2P)", two),
      row(117, "SGD with momentum", "momentum", "O(2P)", two, "O(3P)", three),
      row(118, "Adam", "adam", "O(3P)", three, "O(2P)", two),
      row(119, "AdamW", "adamw", "O(3P)", three, "O(2P)", two),
      row(120, "Adafactor", "adafactor", "O(P + rows + columns)", factored, "O(2P)", two),
      row(121, "LAMB", "lamb", "O(3P)", three, "O(2P)", two),
      row(122, "Lion", "lion", "O(2P)", two, "O(3P)", three),
      row(123, "Muon", "muon", "O(2P)", two, "O(P)", one),
  };
}

}  // namespace plumbline::claims
