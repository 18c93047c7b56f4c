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

std::vector<std::size_t> lengths_of(const ClippingCase& test_case) {
  std::vector<std::size_t> lengths;
  for (const auto& gradient : test_case.gradients) lengths.push_back(gradient.size());
  return lengths;
}

ClippingRecording record_clipping(SubjectSession& session, const ClippingCase& test_case,
                                  const SubjectFormat& format) {
  ClippingRecording recording;
  nlohmann::json gradients = nlohmann::json::array();
  for (std::size_t index = 0; index < test_case.gradients.size(); ++index) {
    gradients.push_back({{"shape", test_case.shapes[index]},
                         {"values", session.numbers(test_case.gradients[index])}});
  }
  const Reply reply = session.call(
      "clip",
      {{"clipping", test_case.clipping->name},
       {"format", format.name},
       {"hyperparameters", hyperparameter_object(session, test_case.clipping->hyperparameters,
                                                 test_case.hyperparameters)},
       {"gradients", std::move(gradients)}});
  if (!reply.ok()) {
    static_cast<Ended&>(recording) = ended(reply);
  } else {
    try {
      if (!reply.result.is_object() || !reply.result.contains("gradients")) {
        throw WrongAnswer("`clip` answered without gradients");
      }
      recording.gradients =
          read_tensors(reply.result["gradients"], "gradients", lengths_of(test_case));
      if (const auto norm = reply.result.find("norm");
          norm != reply.result.end() && !norm->is_null()) {
        recording.norm = read_tensors({{*norm}}, "norm", {1})[0][0];
      }
    } catch (const WrongAnswer& wrong) {
      static_cast<Ended&>(recording) = {Outcome::fault, Fault::protocol, wrong.what()};
      session.stop_after_fault();
    }
  }
  if (recording.outcome != Outcome::fault) session.case_ended_well();
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

std::vector<Trial> clipping_trials(SubjectSession& session, const Task& task,
                                   const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress) {
  const SubjectFormat format = find_format(task.format).value();
  std::vector<Trial> trials;
  for (ClippingCase& fresh : clipping_cases_for(*find_clipping(task.name), options.seed)) {
    if (!selected(options.cases, fresh.id) || !fits(fresh, format)) continue;
    progress(fresh.id);
    const auto test_case = std::make_shared<const ClippingCase>(std::move(fresh));
    session.describe();
    const auto recording =
        std::make_shared<const ClippingRecording>(record_clipping(session, *test_case, format));
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
