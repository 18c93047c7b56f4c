#include "conformance/theorems/subject_run.hpp"

#include <algorithm>
#include <cmath>

#include "conformance/theorems/rounded_trajectory.hpp"
#include "reference/rule.hpp"

namespace plumbline::conformance {
namespace {

using Points = std::vector<std::vector<double>>;

/// What came of running the subject: its points from the start on, and how it ended.
struct SubjectRun {
  Points points;
  Ended ended;
};

// Tried in this order: the first that the subject has a place for.
constexpr std::string_view formats[] = {"binary64", "binary32"};

/// The gradient at an exact point, each component rounded to the format.
std::vector<double> rounded_gradient(const CertifiedObjective& objective,
                                     const std::vector<double>& point,
                                     const FormatDescription& format) {
  std::vector<double> gradient;
  for (const Certified& value : objective.gradient(CertifiedVector(point.begin(), point.end()))) {
    gradient.push_back(format.round(value.midpoint()));
  }
  return gradient;
}

bool all_finite(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

/// One parameter, the whole point. Ends early where a point is not finite.
SubjectRun run_subject(Subject& subject, const Setting& setting, std::string_view format) {
  Certified::set_precision(certified_least_precision);
  const Rule& rule = setting.catalogue_rule();
  const auto objective = setting.problem.bind();
  const FormatDescription storage = find_format(format)->storage;
  SubjectRun run{{setting.problem.start}, {}};
  const CreateRequest request{
      .rule = std::string(rule.name),
      .format = std::string(format),
      .hyperparameters = named_values(rule.hyperparameters, setting.values()),
      .parameters = {{.name = "x",
                      .shape = {static_cast<long>(setting.problem.start.size())},
                      .values = setting.problem.start}}};
  const auto created = subject.create(request);
  run.ended = created.ended();
  if (!created.ok()) return run;
  std::optional<Tensors> wanted = created->evaluate_at;
  for (long step = 1; step <= setting.steps; ++step) {
    const std::vector<double> at = wanted ? wanted->front() : run.points.back();
    if (!all_finite(at)) break;
    const auto stepped =
        subject.step(created->handle, {.gradients = {rounded_gradient(*objective, at, storage)}});
    run.ended = stepped.ended();
    if (!stepped.ok()) return run;
    if (!all_finite(stepped->parameters.front())) break;
    run.points.push_back(stepped->parameters.front());
    wanted = stepped->evaluate_at;
  }
  run.ended = subject.close(created->handle);
  return run;
}

Trajectory trajectory_through(const std::vector<CertifiedVector>& points, const Setting& setting) {
  return {points, setting.problem.bind()};
}

std::vector<CertifiedVector> exactly(const Points& points, std::size_t count) {
  std::vector<CertifiedVector> result;
  for (std::size_t i = 0; i < count; ++i) result.emplace_back(points[i].begin(), points[i].end());
  return result;
}

Certified width(const Certified& value) {
  return Certified(value.upper()) - Certified(value.lower());
}

/// Series and radii up to where a radius passes its bound, or no number comes out.
struct Widened {
  Series series;
  std::vector<Certified> radii;
};

Widened widened(const LoopCheck& check, const Setting& setting, const Points& points,
                const std::vector<CertifiedVector>& boxes) {
  for (std::size_t count = std::min(points.size(), boxes.size()); count > 1;
       count = count * 3 / 4) {
    Series boxed;
    Widened result;
    try {
      boxed = check.series(
          setting,
          trajectory_through({boxes.begin(), boxes.begin() + static_cast<std::ptrdiff_t>(count)},
                             setting));
      result.series = check.series(setting, trajectory_through(exactly(points, count), setting));
    } catch (const NotEnoughPrecision&) {
      continue;  // a box in which a function has no one value
    }
    for (std::size_t i = 0; i < boxed.size(); ++i) {
      const Certified radius = width(boxed[i].observed) + width(boxed[i].bound);
      if (!(radius.upper() < std::abs(boxed[i].bound.lower()))) break;
      result.radii.push_back(radius);
    }
    result.series.resize(result.radii.size());
    return result;
  }
  return {};
}

/// Whether the subject is where the setting may be, at all of the first steps.
bool stays_in(const Points& points, const std::vector<CertifiedVector>& boxes, std::size_t steps) {
  for (std::size_t step = 1; step <= steps; ++step) {
    if (step >= points.size() || step >= boxes.size()) return false;
    for (std::size_t i = 0; i < points[step].size(); ++i) {
      if (!boxes[step][i].contains(points[step][i])) return false;
    }
  }
  return true;
}

/// The setting in the dialect that the subject is seen to follow, its own first.
Setting followed(const Setting& setting, const Points& points, std::size_t steps,
                 std::string_view format, std::string& dialect) {
  const Rule& rule = setting.catalogue_rule();
  // What was sent, also of what another dialect would have by default.
  const std::vector<double> sent = setting.values();
  NamedNumbers hyperparameters;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    hyperparameters.push_back({std::string(rule.hyperparameters[i].name), sent[i]});
  }
  std::vector<std::string> names{std::string(setting.catalogue_dialect().name)};
  for (const Dialect& one : rule.dialects) names.emplace_back(one.name);
  for (const std::string& name : names) {
    Setting in_dialect = setting;
    in_dialect.dialect = name;
    in_dialect.hyperparameters = hyperparameters;
    if (!has_place_for(in_dialect.catalogue_dialect(), rule.hyperparameters, sent)) {
      continue;
    }
    if (stays_in(points, rounded_trajectory(in_dialect, format), steps)) {
      dialect = name;
      return in_dialect;
    }
  }
  return setting;
}

}  // namespace

bool is_for_subjects(const Theorem& theorem, const Run& run) {
  return theorem.loop && run.setting && run.role != Role::control &&
         run.setting->catalogue_rule().unit != Unit::objective;
}

JudgedRun judge_subject(const Theorem& theorem, const Run& run, Subject& subject) {
  JudgedRun judged = described(run);
  SubjectRun ran;
  for (const std::string_view format : formats) {
    judged.format = format;
    ran = run_subject(subject, *run.setting, format);
    if (ran.ended.outcome != Outcome::fault) subject.case_ended_well();
    if (ran.ended.outcome != Outcome::unsupported) break;
  }
  if (ran.ended.outcome != Outcome::ran) {
    const bool declined =
        ran.ended.outcome == Outcome::unsupported || ran.ended.outcome == Outcome::refused;
    judged.decision = declined ? Decision::unsupported : Decision::error;
    judged.reason = ran.ended.message;
    return judged;
  }
  certify(
      [&] {
        const LoopCheck& check = *theorem.loop;
        const auto boxes = rounded_trajectory(*run.setting, judged.format);
        Widened in_own = widened(check, *run.setting, ran.points, boxes);
        std::string dialect;
        const Setting setting =
            followed(*run.setting, ran.points, in_own.series.size(), judged.format, dialect);
        judged.dialect = dialect;
        if (!dialect.empty() && dialect != run.dialect) {
          for (const Hypothesis& hypothesis : check.hypotheses(setting)) {
            if (!hypothesis.holds) judged.failed_hypotheses.push_back(hypothesis.text);
          }
          if (!judged.failed_hypotheses.empty()) {
            judged.decision = Decision::unsupported;
            judged.reason = "the subject follows the dialect " + dialect +
                            ", of which the theorem does not speak";
            return true;
          }
          in_own = widened(check, setting, ran.points, rounded_trajectory(setting, judged.format));
        }
        if (in_own.series.empty()) {
          judged.decision = Decision::unsupported;
          judged.reason = "no step at which rounding could not hide the bound";
          return true;
        }
        judge_series(judged, in_own.series, in_own.radii);
        const long last = in_own.series.back().step;
        if (last < run.setting->steps) judged.claim_ends_at = last;
        return true;
      },
      &judged.precision);
  return judged;
}

JudgedTheorem judge_subject(const Theorem& theorem, Subject& subject) {
  JudgedTheorem judged{&theorem, {}};
  for (const Run& run : theorem.runs()) {
    if (is_for_subjects(theorem, run)) judged.runs.push_back(judge_subject(theorem, run, subject));
  }
  return judged;
}

}  // namespace plumbline::conformance
