// Cases about whole tensors.
#include <algorithm>

#include "conformance/cases/case_parts.hpp"
#include "conformance/cases/profiles.hpp"

namespace plumbline::conformance {

// Shapes and ranks that rules by tensor tell apart.
void add_matrices(CaseList& list) {
  const std::vector<double> distinct = profile(list.rule(), Values::distinct);
  const auto add = [&](const std::string& name, const std::string& purpose, StreamKind kind,
                       Start start, const Shape& shape) -> Case& {
    return list.add({.name = name,
                     .purpose = purpose,
                     .stream = {kind, -1},
                     .hyperparameters = distinct,
                     .steps = 4,
                     .start = start,
                     .shapes = {shape},
                     .checkpoints = {1, 2, 4},
                     .golden = true});
  };
  const std::string shapes = "M12, M16: rows and columns, and what is taken over which";
  add("matrix-1x1", shapes, StreamKind::gaussian, Start::gaussian, {1, 1});
  add("matrix-tall", shapes, StreamKind::gaussian, Start::gaussian, {4, 2});
  add("matrix-wide", shapes, StreamKind::gaussian, Start::gaussian, {2, 5});
  add("matrix-square", shapes, StreamKind::gaussian, Start::gaussian, {3, 3});
  add("matrix-zero-gradient", "M15, M16: a norm of zero below the line", StreamKind::zero,
      Start::gaussian, {2, 3});
  add("matrix-zero-parameter", "M16: a parameter's norm of zero", StreamKind::gaussian, Start::zero,
      {2, 3});
  if (std::ranges::find(list.rule().wants, "regular_gradients") != list.rule().wants.end()) return;
  Case& singular = add("matrix-rank-one", "M12, M15: gradients of rank one, the same in every step",
                       StreamKind::gaussian, Start::gaussian, {3, 3});
  const double column[] = {1, -0.5, 2};
  const double row[] = {0.75, 1.5, -1};
  for (auto& step : singular.gradients) {
    for (std::size_t i = 0; i < 9; ++i) (*step[0])[i] = column[i / 3] * row[i % 3];
  }
  Case& empty_row = add("matrix-zero-row", "M12, M15: a row and a column without gradients",
                        StreamKind::gaussian, Start::gaussian, {3, 4});
  for (auto& step : empty_row.gradients) {
    for (std::size_t i = 0; i < 12; ++i) {
      if (i / 4 == 1 || i % 4 == 2) (*step[0])[i] = 0;
    }
  }
}

}  // namespace plumbline::conformance
