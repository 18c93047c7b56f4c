#include <algorithm>

#include "conformance/checks/trial_list.hpp"
#include "conformance/judge/clipping_acceptance.hpp"
#include "conformance/judge/single_values.hpp"
#include "conformance/subject/clip_request.hpp"
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
  auto clipped = subject.clip(clip_request(test_case, format));
  ClippingRecording recording{clipped.ended(), {}, {}};
  if (clipped.ok()) {
    recording.gradients = std::move(clipped->gradients);
    recording.norm = clipped->norm;
  }
  if (recording.outcome != Outcome::fault) subject.case_ended_well();
  return recording;
}

template <class Format>
Comparison compare_outcome(const ClippingCase& test_case, const ClippingRecording& recording,
                           const Clipped<Rounded<Format>>& allowed) {
  Comparison total;
  for (std::size_t tensor = 0; tensor < allowed.gradients.size(); ++tensor) {
    for (std::size_t element = 0; element < allowed.gradients[tensor].size(); ++element) {
      compare_value(total, allowed.gradients[tensor][element], recording.gradients[tensor][element],
                    {test_case.id, 0, "g" + std::to_string(tensor), element, "gradient"});
    }
  }
  // A clipping that has no norm of all tensors leaves open what a subject calls one.
  if (recording.norm && allowed.norm) {
    compare_value(total, *allowed.norm, *recording.norm, {test_case.id, 0, "", 0, "norm"});
  }
  return total;
}

/// The better of two comparisons: without a deviation, or else with the smaller one.
bool is_better(const Comparison& one, const Comparison& other) {
  if (!one.deviation || !other.deviation) return !one.deviation && other.deviation;
  return one.deviation->radii < other.deviation->radii;
}

/// Where the limits leave open whether a gradient is clipped, either outcome is right.
Comparison compare_clipping(const ClippingCase& test_case, const ClippingRecording& recording,
                            const Candidate& candidate, const SubjectFormat& format) {
  return with_arithmetic(format.arithmetic, [&]<class Format>() {
    const auto held = held_hyperparameters(test_case.hyperparameters, candidate);
    std::optional<Comparison> best;
    choices::for_each_outcome(most_clipping_outcomes, [&] {
      Comparison comparison = compare_outcome(
          test_case, recording, clipped<Rounded<Format>>(test_case, held, candidate.choices));
      if (!best || is_better(comparison, *best)) best = std::move(comparison);
    });
    return std::move(*best);
  });
}

std::vector<ClippingCase> selected_clipping_cases(const Task& task, const CheckOptions& options) {
  const SubjectFormat format = find_format(task.format).value();
  std::vector<ClippingCase> cases =
      chosen(clipping_cases_for(*find_clipping(task.name), options.seed), options);
  std::erase_if(cases, [&](const ClippingCase& test_case) { return !fits(test_case, format); });
  return cases;
}

}  // namespace

std::vector<std::string> clipping_case_ids(const Task& task, const CheckOptions& options) {
  return ids_of(selected_clipping_cases(task, options));
}

std::vector<Trial> clipping_trials(Subject& subject, const Task& task, const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress) {
  const SubjectFormat format = find_format(task.format).value();
  return recorded_trials(
      selected_clipping_cases(task, options), progress,
      [&](const ClippingCase& test_case) { return record_clipping(subject, test_case, format); },
      [&](const auto& test_case, const auto& recording) {
        return Trial{.id = test_case->id,
                     .ended = *recording,
                     .steps = 1,
                     .applies = [](const Dialect&) { return true; },
                     .compare =
                         [test_case, recording, format](const Candidate& candidate) {
                           return compare_clipping(*test_case, *recording, candidate, format);
                         }};
      });
}

}  // namespace plumbline::conformance
