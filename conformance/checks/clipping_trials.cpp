#include <algorithm>

#include "conformance/cases/clipping_case.hpp"
#include "conformance/checks/check.hpp"
#include "conformance/judge/single_values.hpp"
#include "conformance/subject/recording.hpp"

namespace plumbline::conformance {
namespace {

struct ClippingRecording : Ended {
  Tensors gradients;
  std::optional<double> norm;
};

ClippingRecording record_clipping(Subject& subject, const ClippingCase& test_case,
                                  const SubjectFormat& format) {
  subject.describe();
  auto clipped = subject.clip({.clipping = std::string(test_case.clipping->name),
                               .format = format.name,
                               .hyperparameters = named_values(test_case.clipping->hyperparameters,
                                                               test_case.hyperparameters),
                               .shapes = test_case.shapes,
                               .gradients = test_case.gradients});
  ClippingRecording recording{clipped.ended(), {}, {}};
  if (clipped.ok()) {
    recording.gradients = std::move(clipped->gradients);
    recording.norm = clipped->norm;
  }
  if (recording.outcome != Outcome::fault) subject.case_ended_well();
  return recording;
}

Comparison compare_clipping(const ClippingCase& test_case, const ClippingRecording& recording,
                            const Candidate& candidate, const SubjectFormat& format) {
  return with_arithmetic(format.arithmetic, [&]<class Format>() {
    Comparison total;
    std::vector<std::vector<Rounded<Format>>> gradients;
    for (const auto& gradient : test_case.gradients) {
      gradients.emplace_back(gradient.begin(), gradient.end());
    }
    const Rounded<Format> norm = test_case.clipping->clip<Rounded<Format>>(
        held_hyperparameters(test_case.hyperparameters, candidate), candidate.choices, gradients);
    for (std::size_t tensor = 0; tensor < gradients.size(); ++tensor) {
      for (std::size_t element = 0; element < gradients[tensor].size(); ++element) {
        compare_value(total, gradients[tensor][element], recording.gradients[tensor][element],
                      {test_case.id, 0, "g" + std::to_string(tensor), element, "gradient"});
      }
    }
    if (recording.norm) {
      compare_value(total, norm, *recording.norm, {test_case.id, 0, "", 0, "norm"});
    }
    return total;
  });
}

bool fits(const ClippingCase& test_case, const SubjectFormat& format) {
  return std::ranges::all_of(test_case.gradients, [&](const std::vector<double>& gradient) {
    return std::ranges::all_of(gradient, [&](double value) { return format.storage.holds(value); });
  });
}

}  // namespace

std::vector<Trial> clipping_trials(Subject& subject, const Task& task, const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress) {
  const SubjectFormat format = find_format(task.format).value();
  std::vector<Trial> trials;
  for (ClippingCase& fresh : clipping_cases_for(*find_clipping(task.name), options.seed)) {
    if (!selected(options.cases, fresh.id) || !fits(fresh, format)) continue;
    progress(fresh.id);
    const auto test_case = std::make_shared<const ClippingCase>(std::move(fresh));
    const auto recording =
        std::make_shared<const ClippingRecording>(record_clipping(subject, *test_case, format));
    trials.push_back({.id = test_case->id,
                      .ended = *recording,
                      .steps = 1,
                      .applies = [](const Dialect&) { return true; },
                      .compare =
                          [test_case, recording, format](const Candidate& candidate) {
                            return compare_clipping(*test_case, *recording, candidate, format);
                          }});
  }
  return trials;
}

}  // namespace plumbline::conformance
