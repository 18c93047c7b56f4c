#include "reference/mutation_names.hpp"

namespace plumbline {

std::vector<MutationKind> mistakes_in(NumberOperation operation,
                                      const std::vector<bool>& constant) {
  using enum MutationKind;
  std::vector<MutationKind> kinds;
  switch (operation) {
    case NumberOperation::add:
      kinds = {to_subtract, left_alone, right_alone};
      break;
    case NumberOperation::subtract:
      kinds = {to_add, swapped, left_alone, right_alone, right_negated};
      break;
    case NumberOperation::multiply:
      kinds = {to_divide, left_alone, right_alone};
      break;
    case NumberOperation::divide:
      kinds = {to_multiply, swapped, left_alone};
      break;
    case NumberOperation::max:
      kinds = {to_min, left_alone, right_alone};
      break;
    case NumberOperation::min:
      kinds = {to_max, left_alone, right_alone};
      break;
    case NumberOperation::square:
      kinds = {operand_alone, to_abs, to_cube};
      break;
    case NumberOperation::sqrt:
      kinds = {operand_alone, to_fourth_root};
      break;
    case NumberOperation::negate:
    case NumberOperation::abs:
    case NumberOperation::sign:
    case NumberOperation::exp:
    case NumberOperation::log:
    case NumberOperation::tanh:
    case NumberOperation::erf:
      kinds = {operand_alone};
      break;
    case NumberOperation::cos:
      kinds = {operand_alone, to_sine};
      break;
    case NumberOperation::cos_pi:
      return {operand_alone, to_sine, left_plus_one, left_minus_one, right_plus_one};
    case NumberOperation::less:
      kinds = {inverted, swapped, always, never};
      break;
    case NumberOperation::power:
      // A constant base stays positive: of a negative one there is no power.
      kinds = {to_multiply, left_alone, right_alone};
      if (constant[0]) kinds.insert(kinds.end(), {left_plus_one, left_times_eleven_tenths});
      if (constant[1]) {
        kinds.insert(kinds.end(), {right_plus_one, right_minus_one, right_times_eleven_tenths});
      }
      return kinds;
    case NumberOperation::sum:
      return {first_term_dropped, last_term_dropped, sum_of_magnitudes};
    case NumberOperation::matrix_product:
      return {swapped, left_alone, right_alone};
    case NumberOperation::transpose:
    case NumberOperation::inverse:
    case NumberOperation::orthonormal:
    case NumberOperation::mean_decay:
      return {operand_alone};
    case NumberOperation::total:
      return {to_mean, sum_of_magnitudes};
    case NumberOperation::mean:
    case NumberOperation::row_means:
    case NumberOperation::column_means:
      return {to_total, sum_of_magnitudes};
    case NumberOperation::norm:
      return {to_mean, sum_of_magnitudes};
    case NumberOperation::inner_product:
      return {to_mean};
    case NumberOperation::squared_distances:
      return {to_mean, sum_of_magnitudes};
    case NumberOperation::least:
      return {to_max};
    case NumberOperation::inverse_root:
      return {left_alone, right_plus_one, right_minus_one};
    case NumberOperation::eigenvectors:
    case NumberOperation::pushed:
      return {swapped};
    case NumberOperation::unit_at_greatest:
      return {to_min};
    case NumberOperation::objective_value:
    case NumberOperation::objective_gradient:
    case NumberOperation::objective_hessian:
    case NumberOperation::objective_hessian_vector:
    case NumberOperation::objective_fisher:
    case NumberOperation::objective_residuals:
    case NumberOperation::objective_jacobian:
      return {};
  }
  if (constant[0])
    kinds.insert(kinds.end(), {left_plus_one, left_minus_one, left_times_eleven_tenths});
  if (constant.size() > 1 && constant[1]) {
    kinds.insert(kinds.end(), {right_plus_one, right_minus_one, right_times_eleven_tenths});
  }
  return kinds;
}

namespace {

std::string_view noun(NumberOperation operation) {
  switch (operation) {
    case NumberOperation::negate:
      return "negation";
    case NumberOperation::square:
      return "square";
    case NumberOperation::sqrt:
      return "root";
    case NumberOperation::abs:
      return "magnitude";
    case NumberOperation::sign:
      return "sign";
    case NumberOperation::cos:
    case NumberOperation::cos_pi:
      return "cosine";
    case NumberOperation::transpose:
      return "transpose";
    case NumberOperation::mean:
      return "mean";
    case NumberOperation::norm:
      return "norm";
    case NumberOperation::row_means:
      return "row_means";
    case NumberOperation::column_means:
      return "column_means";
    case NumberOperation::inverse:
      return "inverse";
    case NumberOperation::eigenvectors:
      return "eigenvectors";
    case NumberOperation::orthonormal:
      return "orthonormal";
    case NumberOperation::unit_at_greatest:
      return "unit_of_greatest";
    case NumberOperation::pushed:
      return "pushed";
    case NumberOperation::mean_decay:
      return "mean_decay";
    case NumberOperation::squared_distances:
      return "squared_distances";
    case NumberOperation::least:
      return "least";
    case NumberOperation::objective_value:
      return "f";
    case NumberOperation::objective_gradient:
      return "gradient";
    case NumberOperation::objective_hessian:
      return "hessian";
    case NumberOperation::objective_hessian_vector:
      return "hessian_vector";
    case NumberOperation::objective_fisher:
      return "fisher";
    case NumberOperation::objective_residuals:
      return "residuals";
    case NumberOperation::objective_jacobian:
      return "jacobian";
    case NumberOperation::exp:
      return "exponential";
    case NumberOperation::log:
      return "logarithm";
    case NumberOperation::tanh:
      return "tanh";
    case NumberOperation::erf:
      return "erf";
    default:
      return "operation";
  }
}

struct Wording {
  std::string_view slug, words;
};

Wording wording(MutationKind kind) {
  switch (kind) {
    case MutationKind::to_add:
      return {"plus", "added"};
    case MutationKind::to_subtract:
      return {"minus", "subtracted"};
    case MutationKind::to_multiply:
      return {"times", "multiplied"};
    case MutationKind::to_divide:
      return {"over", "divided"};
    case MutationKind::to_max:
      return {"max", "the larger one"};
    case MutationKind::to_min:
      return {"min", "the smaller one"};
    case MutationKind::to_abs:
      return {"magnitude", "the magnitude"};
    case MutationKind::to_cube:
      return {"cube", "the cube"};
    case MutationKind::to_fourth_root:
      return {"fourth-root", "the fourth root"};
    case MutationKind::to_sine:
      return {"sine", "the sine"};
    case MutationKind::to_mean:
      return {"mean", "the mean for the sum"};
    case MutationKind::to_total:
      return {"total", "the sum for the mean"};
    case MutationKind::swapped:
      return {"swapped", "operands swapped"};
    case MutationKind::left_alone:
      return {"left-alone", "the left operand alone"};
    case MutationKind::right_alone:
      return {"right-alone", "the right operand alone"};
    case MutationKind::right_negated:
      return {"right-negated", "the right operand alone, negated"};
    case MutationKind::left_plus_one:
      return {"left-plus-one", "the left constant one larger"};
    case MutationKind::left_minus_one:
      return {"left-minus-one", "the left constant one smaller"};
    case MutationKind::left_times_eleven_tenths:
      return {"left-times-1.1", "the left constant a tenth larger"};
    case MutationKind::right_plus_one:
      return {"right-plus-one", "the right constant one larger"};
    case MutationKind::right_minus_one:
      return {"right-minus-one", "the right constant one smaller"};
    case MutationKind::right_times_eleven_tenths:
      return {"right-times-1.1", "the right constant a tenth larger"};
    case MutationKind::inverted:
      return {"inverted", "the comparison inverted"};
    case MutationKind::always:
      return {"always", "always true"};
    case MutationKind::never:
      return {"never", "never true"};
    case MutationKind::first_term_dropped:
      return {"first-term-dropped", "the first term left out"};
    case MutationKind::last_term_dropped:
      return {"last-term-dropped", "the last term left out"};
    case MutationKind::sum_of_magnitudes:
      return {"magnitudes", "the terms' magnitudes summed"};
    case MutationKind::not_written:
      return {"not-written", "is not written: the old value stays"};
    case MutationKind::written_late:
      return {"written-late", "is written at the end alone: later reads see the old value"};
    case MutationKind::twice:
      return {"twice", "is taken through the step twice"};
    case MutationKind::late:
      return {"late", "is advanced one step late"};
    case MutationKind::starts_higher:
      return {"starts-higher", "starts one higher"};
    case MutationKind::operand_alone:
      break;
  }
  return {"dropped", "left out"};
}

std::string text_of(const RecordedRun& run, int index, const InputNames& names, int depth,
                    bool bracketed) {
  const RecordedNode& node = run.nodes[static_cast<std::size_t>(index)];
  const auto at = static_cast<std::size_t>(node.index);
  if (!node.is_operation) {
    switch (node.input) {
      case Input::constant:
        return node.value == static_cast<double>(static_cast<long>(node.value))
                   ? std::to_string(static_cast<long>(node.value))
                   : "constant";
      case Input::hyperparameter:
        return names.hyperparameters[at];
      case Input::initial_learning_rate:
        return "initial_learning_rate";
      case Input::scalar:
        return "scalar" + std::to_string(node.index + 1);
      case Input::state:
        return names.state[at];
      case Input::parameter:
        return "parameter";
      case Input::gradient:
        return "gradient";
      case Input::assigned:
        return "value_before";
    }
  }
  if (depth == 0) return "...";
  const auto operand = [&](std::size_t which, bool brackets) {
    return text_of(run, node.operands[which], names, depth - 1, brackets);
  };
  const auto infix = [&](const char* symbol, bool brackets) {
    const std::string text = operand(0, brackets) + symbol + operand(1, true);
    return bracketed ? "(" + text + ")" : text;
  };
  switch (node.operation) {
    case NumberOperation::add:
      return infix(" + ", false);
    case NumberOperation::subtract:
      return infix(" - ", false);
    case NumberOperation::multiply:
      return infix(" * ", true);
    case NumberOperation::divide:
      return infix(" / ", true);
    case NumberOperation::max:
      return "max(" + operand(0, false) + ", " + operand(1, false) + ")";
    case NumberOperation::min:
      return "min(" + operand(0, false) + ", " + operand(1, false) + ")";
    case NumberOperation::less:
      return infix(" < ", true);
    case NumberOperation::negate:
      return "-" + operand(0, true);
    case NumberOperation::square:
      return operand(0, true) + "^2";
    case NumberOperation::sqrt:
      return "sqrt(" + operand(0, false) + ")";
    case NumberOperation::abs:
      return "|" + operand(0, false) + "|";
    case NumberOperation::sign:
      return "sign(" + operand(0, false) + ")";
    case NumberOperation::cos:
      return "cos(" + operand(0, false) + ")";
    case NumberOperation::cos_pi:
      return "cos(pi t/T)";
    case NumberOperation::power:
      return infix("^", true);
    case NumberOperation::matrix_product:
      return infix(" @ ", true);
    case NumberOperation::inner_product:
      return "inner_product(" + operand(0, false) + ", " + operand(1, false) + ")";
    case NumberOperation::pushed:
      return "pushed(" + operand(0, false) + ", " + operand(1, false) + ")";
    case NumberOperation::inverse_root:
      return "inverse_root(" + operand(0, false) + ", " + operand(1, false) + ")";
    case NumberOperation::transpose:
    case NumberOperation::mean:
    case NumberOperation::norm:
    case NumberOperation::row_means:
    case NumberOperation::column_means:
    case NumberOperation::inverse:
    case NumberOperation::eigenvectors:
    case NumberOperation::orthonormal:
    case NumberOperation::unit_at_greatest:
    case NumberOperation::mean_decay:
    case NumberOperation::least:
    case NumberOperation::objective_value:
    case NumberOperation::objective_gradient:
    case NumberOperation::objective_hessian:
    case NumberOperation::objective_hessian_vector:
    case NumberOperation::objective_fisher:
    case NumberOperation::objective_residuals:
    case NumberOperation::objective_jacobian:
      return std::string(noun(node.operation)) + "(" + operand(0, false) + ")";
    case NumberOperation::exp:
      return "exp(" + operand(0, false) + ")";
    case NumberOperation::log:
      return "log(" + operand(0, false) + ")";
    case NumberOperation::tanh:
      return "tanh(" + operand(0, false) + ")";
    case NumberOperation::erf:
      return "erf(" + operand(0, false) + ")";
    case NumberOperation::squared_distances:
      return "squared_distances(" + operand(0, false) + ", " + operand(1, false) + ")";
    case NumberOperation::sum:
    case NumberOperation::total:
      return "sum(" + operand(0, false) + ")";
  }
  return "";
}

}  // namespace

std::string mistake_slug(MutationKind kind, NumberOperation operation) {
  if (kind == MutationKind::operand_alone) return std::string(noun(operation)) + "-dropped";
  return std::string(wording(kind).slug);
}

std::string mistake_words(MutationKind kind, NumberOperation operation) {
  if (kind == MutationKind::operand_alone) {
    return "the " + std::string(noun(operation)) + " left out";
  }
  return std::string(wording(kind).words);
}

std::string_view mistake_sort(MutationKind kind) {
  using enum MutationKind;
  if (kind <= swapped || (kind >= inverted && kind <= never) || kind == sum_of_magnitudes) {
    return "operation replaced";
  }
  if (kind <= operand_alone || kind == first_term_dropped || kind == last_term_dropped) {
    return "operand or function dropped";
  }
  if (kind <= right_times_eleven_tenths) return "constant moved";
  return kind == not_written || kind == written_late ? "write lost or late"
                                                     : "start, or taken twice or late";
}

std::string formula_of(const RecordedRun& run, int node, const InputNames& names, int depth) {
  return text_of(run, node, names, depth, false);
}

}  // namespace plumbline
