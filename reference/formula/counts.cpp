#include "reference/formula/counts.hpp"

#include "reference/formula/rewriting.hpp"

namespace plumbline {

OperationCounts count_operations(const std::vector<Traced>& values) {
  OperationCounts counts;
  for_each_node(values, [&](const Traced& node) {
    const Expression& expression = node.expression();
    switch (expression.operation) {
      case Operation::symbol:
      case Operation::literal:
      case Operation::pi:
        break;
      case Operation::sum:
        ++counts.per_element[Operation::add];
        break;
      case Operation::greatest:
        ++counts.per_element[Operation::max];
        break;
      default:
        ++(expression.of_element ? counts.per_element : counts.per_step)[expression.operation];
    }
  });
  return counts;
}

std::string_view operation_name(Operation operation) {
  switch (operation) {
    case Operation::symbol:
      return "symbol";
    case Operation::literal:
      return "literal";
    case Operation::add:
      return "add";
    case Operation::subtract:
      return "subtract";
    case Operation::multiply:
      return "multiply";
    case Operation::divide:
      return "divide";
    case Operation::negate:
      return "negate";
    case Operation::square:
      return "square";
    case Operation::sqrt:
      return "sqrt";
    case Operation::abs:
      return "abs";
    case Operation::max:
      return "max";
    case Operation::min:
      return "min";
    case Operation::sign:
      return "sign";
    case Operation::cos:
      return "cos";
    case Operation::exp:
      return "exp";
    case Operation::log:
      return "log";
    case Operation::tanh:
      return "tanh";
    case Operation::erf:
      return "erf";
    case Operation::pi:
      return "pi";
    case Operation::sum:
      return "sum";
    case Operation::power:
      return "power";
    case Operation::select:
      return "select";
    case Operation::matrix_product:
      return "matrix_product";
    case Operation::transpose:
      return "transpose";
    case Operation::mean:
      return "mean";
    case Operation::norm:
      return "norm";
    case Operation::inner_product:
      return "inner_product";
    case Operation::row_means:
      return "row_means";
    case Operation::column_means:
      return "column_means";
    case Operation::inverse:
      return "inverse";
    case Operation::inverse_root:
      return "inverse_root";
    case Operation::eigenvectors:
      return "eigenvectors";
    case Operation::orthonormal:
      return "orthonormal";
    case Operation::diagonal:
      return "diagonal";
    case Operation::unit_at_greatest:
      return "unit_of_greatest";
    case Operation::strong_wolfe_length:
      return "strong_wolfe_length";
    case Operation::row:
      return "row";
    case Operation::pushed:
      return "pushed";
    case Operation::mean_decay:
      return "mean_decay";
    case Operation::squared_distances:
      return "squared_distances";
    case Operation::least:
      return "least";
    case Operation::greatest:
      return "greatest";
    case Operation::objective_value:
      return "f";
    case Operation::objective_gradient:
      return "gradient";
    case Operation::objective_hessian:
      return "hessian";
    case Operation::objective_hessian_vector:
      return "hessian_vector";
    case Operation::objective_fisher:
      return "fisher";
    case Operation::objective_residuals:
      return "residuals";
    case Operation::objective_jacobian:
      return "jacobian";
  }
  return {};
}

}  // namespace plumbline
