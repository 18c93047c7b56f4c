// The list of properties, in the order of reports; a new one is one entry.
#include "conformance/properties/direct_properties.hpp"
#include "conformance/properties/relations.hpp"

namespace plumbline::conformance {
namespace {

CaseNeeds plain() {
  return {.optional_hyperparameters = false};
}

/// What says nothing of where an element stands holds for matrices too.
CaseNeeds of_any_shape(CaseNeeds needs = {}) {
  needs.matrices = true;
  return needs;
}

std::vector<std::unique_ptr<Property>> make_all() {
  std::vector<std::unique_ptr<Property>> all;
  const auto relation = [&](std::string_view name, std::string_view statement,
                            const CaseNeeds& needs, MakeRelation make) {
    all.push_back(std::make_unique<RelationProperty>(name, statement, needs, make));
  };
  using namespace relations;

  all.push_back(same_input_same_bits());
  all.push_back(save_and_load());
  relation("parameters-apart", "a parameter beside others does what it does alone",
           of_any_shape({.missing_gradients = true, .rate_changes = true, .groups = true}),
           parameters_apart);
  relation("missing-is-no-step", "a step without gradient leaves value, state and count",
           of_any_shape({.least_steps = 2, .missing_gradients = true}), missing_is_no_step);
  relation("permutation", "permuted elements and tensors give permuted results", {}, permutation);
  relation("split-tensor", "a tensor cut in two gives the same elements",
           {.missing_gradients = true, .rate_changes = true}, split_tensor);
  relation("reshape", "the same elements as a matrix give the same results",
           {.least_elements = 2, .elements_multiple_of = 2}, reshaped);
  relation("group-of-all", "a group with the same hyperparameters changes nothing", of_any_shape(),
           group_of_all);
  relation("repeated-rate", "setting the learning rate to what it is changes nothing",
           of_any_shape(), repeated_rate);
  relation("rate-change-at-once", "twice the rate before a step makes it twice as long",
           of_any_shape({.least_steps = 2}), rate_change_at_once);
  relation("linear-in-rate", "twice the learning rate makes the first step twice as long",
           of_any_shape({.most_steps = 1}), linear_in_rate);
  relation("zero-rate", "with learning rate 0 nothing moves", of_any_shape(), zero_rate);
  relation("zero-gradient", "zero gradients from the start move nothing", of_any_shape(plain()),
           zero_gradient);
  relation("pure-decay", "zero gradients with decay: (1 - eta lambda)^t theta_0",
           of_any_shape(plain()), pure_decay);
  relation("sign-symmetry", "negated input gives negated results", of_any_shape(), sign_symmetry);
  relation("translation", "a moved start moves the path",
           of_any_shape({.optional_hyperparameters = false, .most_magnitude = 100}), translation);
  CaseNeeds scaled = of_any_shape(plain());
  scaled.nonzero_gradients = true;
  relation("scale-invariance", "scaled gradients give the same steps, as epsilon goes to 0", scaled,
           scale_invariance);
  CaseNeeds turned = plain();
  turned.least_elements = turned.elements_multiple_of = 4;
  turned.most_elements = 8;
  turned.most_magnitude = 12;
  relation("rotation", "turned input gives turned results", turned, rotation);

  CaseNeeds moments = plain();
  moments.nonzero_gradients = true;
  moments.most_parameters = 2;
  moments.most_elements = 3;
  relation("bias-correction", "a constant gradient g steps by eta g/(|g| + epsilon) every time",
           moments, constant_gradient_step);
  relation("constant-gradient-moments", "a constant gradient's moments are (1 - beta^t) g^k",
           moments, constant_gradient_moments);
  moments.least_steps = 2;
  moments.most_steps = 4;
  relation("impulse-responses", "a moment's weights are beta^(T-k)(1 - beta), sum 1 - beta^T",
           moments, impulse_responses);
  CaseNeeds samples = plain();
  samples.least_steps = samples.most_steps = 4;
  samples.most_magnitude = 12;
  samples.most_elements = 3;
  relation("unbiasedness", "the mean step over all mini-batches is the mean gradient's step",
           samples, unbiased_batches);
  all.push_back(step_bound());
  all.push_back(one_step_decrease());
  all.push_back(clipped_step());
  all.push_back(non_finite_stays_in_place());
  all.push_back(long_run());
  all.push_back(million_steps());
  return all;
}

}  // namespace

std::span<const std::unique_ptr<Property>> all_properties() {
  static const std::vector<std::unique_ptr<Property>> all = make_all();
  return all;
}

const Property* find_property(std::string_view name) {
  for (const auto& property : all_properties()) {
    if (property->name() == name) return property.get();
  }
  return nullptr;
}

}  // namespace plumbline::conformance
