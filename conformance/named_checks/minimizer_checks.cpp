#include "conformance/named_checks/minimizer_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "conformance/named_checks/known_objectives.hpp"
#include "conformance/subject/flat_values.hpp"
#include "reference/numbers/decimal_text.hpp"
#include "reference/numbers/format.hpp"

namespace plumbline::conformance {
namespace {

using Status = CheckOutcome::Status;
using Point = std::vector<double>;

/// What was asked of the objective in one run.
struct Visits {
  std::vector<Point> points;
  std::vector<double> values;
  std::string mistake;    // the first point that was no point
  bool answered = false;  // the run is over
  long late = 0;          // evaluations after that
};

/// One run and what came of it.
struct Run {
  std::shared_ptr<Visits> visits = std::make_shared<Visits>();
  Ended ended;
  Point answer;
};

std::string text_of(const Point& point) {
  std::string text;
  for (const double value : point) text += (text.empty() ? "" : ", ") + shortest_decimal(value);
  return "(" + text + ")";
}

bool same_bits(const Point& left, const Point& right) {
  return std::ranges::equal(left, right, [](double one, double other) {
    return (std::isnan(one) && std::isnan(other)) ||
           (one == other && std::signbit(one) == std::signbit(other));
  });
}

bool finite(const Point& point) {
  return std::ranges::all_of(point, [](double value) { return std::isfinite(value); });
}

class Checker {
 public:
  explicit Checker(MinimizerCheckOptions options)
      : options_(std::move(options)), format_(find_format(options_.format).value().storage) {}

  const MinimizerCheckOptions& options() const { return options_; }

  /// Minimises the objective, moved by `shift`, from `start` (not moved).
  Run run(const KnownObjective& objective, const Point& start, double shift = 0,
          std::vector<long> lengths = {}) {
    if (!subject_) subject_ = options_.subject();
    Run run;
    if (lengths.empty()) lengths = {static_cast<long>(start.size())};
    CreateRequest request{.rule = options_.name,
                          .format = options_.format,
                          .hyperparameters = {{"gradient_tolerance", options_.gradient_tolerance}},
                          .parameters = {}};
    auto next = start.begin();
    for (const long length : lengths) {
      Point values;
      for (long i = 0; i < length; ++i) values.push_back(*next++ + shift);
      request.parameters.push_back({.name = fmt::format("w{}", request.parameters.size()),
                                    .shape = {length},
                                    .values = std::move(values)});
    }
    subject_->describe();
    const auto minimum = subject_->minimize(
        request, options_.steps, counted(objective, shift, request.lengths(), run.visits));
    run.visits->answered = true;
    run.ended = minimum.ended();
    if (minimum.ok()) run.answer = flat(minimum->parameters);
    if (run.ended.outcome != Outcome::fault) subject_->case_ended_well();
    return run;
  }

  double value_at(const KnownObjective& objective, const Point& point, double shift = 0) const {
    std::vector<Quadruple> gradient;
    return static_cast<double>(objective.evaluate(moved(point, shift), gradient));
  }

  double gradient_norm(const KnownObjective& objective, const Point& point) const {
    std::vector<Quadruple> gradient;
    objective.evaluate(moved(point, 0), gradient);
    double squares = 0;
    for (const Quadruple value : gradient) {
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
    return std::sqrt(squares);
  }

  /// The norm of the gradient that is allowed at an answer: what was asked for, and what
  /// rounding the point (and the objective's shift) to the format moves it.
  double allowed_gradient(const KnownObjective& objective, double shift = 0) const {
    double largest = std::abs(shift);
    for (const double value : objective.minimiser) largest = std::max(largest, std::abs(value));
    const double rounding = 4 * format_.unit_roundoff() * (1 + largest);
    return options_.gradient_tolerance * (1 + 4 * format_.unit_roundoff()) +
           objective.curvature * rounding;
  }

  double unit_roundoff() const { return format_.unit_roundoff(); }

 private:
  MinimizerCheckOptions options_;
  FormatDescription format_;
  std::unique_ptr<Subject> subject_;

  static std::vector<Quadruple> moved(const Point& point, double shift) {
    std::vector<Quadruple> wide;
    for (const double value : point) wide.push_back(Quadruple(value) - Quadruple(shift));
    return wide;
  }

  /// The objective as the subject is given it. It holds all that it needs: a subject may
  /// keep it and call it when nobody waits any more.
  Objective counted(const KnownObjective& objective, double shift,
                    const std::vector<std::size_t>& lengths,
                    const std::shared_ptr<Visits>& visits) const {
    return [evaluate = objective.evaluate, shift, lengths, visits,
            format = format_](const Tensors& parameters) {
      if (visits->answered) ++visits->late;
      const Point point = flat(parameters);
      std::vector<std::size_t> asked;
      for (const auto& tensor : parameters) asked.push_back(tensor.size());
      if (visits->mistake.empty()) {
        if (asked != lengths) {
          visits->mistake = fmt::format("a point of lengths {}", fmt::join(asked, ", "));
        } else if (!finite(point)) {
          visits->mistake = "a point that is not finite: " + text_of(point);
        }
      }
      Evaluation evaluation{std::numeric_limits<double>::quiet_NaN(), {}};
      std::vector<Quadruple> gradient;
      if (asked == lengths) {
        evaluation.value =
            format.round(static_cast<double>(evaluate(moved(point, shift), gradient)));
      }
      std::size_t at = 0;
      for (const std::size_t length : lengths) {
        std::vector<double>& part = evaluation.gradients.emplace_back();
        for (std::size_t i = 0; i < length; ++i, ++at) {
          part.push_back(at < gradient.size() ? format.round(static_cast<double>(gradient[at]))
                                              : std::numeric_limits<double>::quiet_NaN());
        }
      }
      visits->points.push_back(std::move(point));
      visits->values.push_back(evaluation.value);
      return evaluation;
    };
  }
};

CheckOutcome passed(std::string text) {
  return {Status::passed, std::move(text)};
}
CheckOutcome failed(std::string text) {
  return {Status::failed, std::move(text)};
}

/// How a run without an answer is told.
CheckOutcome without_answer(const Run& run) {
  const bool unsupported =
      run.ended.outcome == Outcome::unsupported || run.ended.outcome == Outcome::refused;
  return {unsupported ? Status::skipped : Status::failed, run.ended.message};
}

CheckOutcome descends(Checker& checker, const KnownObjective& objective) {
  const Run run = checker.run(objective, objective.start);
  if (run.ended.outcome != Outcome::ran) {
    CheckOutcome outcome = without_answer(run);
    // Some check must fail where nothing can be checked.
    if (objective.name == known_objectives().front().name) outcome.status = Status::failed;
    return outcome;
  }
  const double before = checker.value_at(objective, objective.start);
  const double after = checker.value_at(objective, run.answer);
  const std::string text = fmt::format("from {} to {} in {} evaluations", shortest_decimal(before),
                                       shortest_decimal(after), run.visits->points.size());
  return after <= before ? passed(text) : failed("climbs " + text);
}

CheckOutcome reaches(Checker& checker, const KnownObjective& objective) {
  const Run run = checker.run(objective, objective.start);
  if (run.ended.outcome != Outcome::ran) return without_answer(run);
  const double norm = checker.gradient_norm(objective, run.answer);
  const double allowed = checker.allowed_gradient(objective);
  const double distance = objective.distance(allowed);
  double off = 0;
  for (std::size_t i = 0; i < run.answer.size(); ++i) {
    off = std::max(off, std::abs(run.answer[i] - objective.minimiser[i]));
  }
  const std::string text = fmt::format(
      "answers {}\n  gradient  {:.3g}, where {:.3g} is allowed\n  distance  {:.3g} from {}, where "
      "{:.3g} follows\n  after     {} evaluations",
      text_of(run.answer), norm, allowed, off, text_of(objective.minimiser), distance,
      run.visits->points.size());
  // Written so that NaN fails.
  return norm <= allowed && off <= distance ? passed(text) : failed(text);
}

CheckOutcome evaluates_finite(Checker& checker, const KnownObjective& objective) {
  const Run run = checker.run(objective, objective.start);
  if (!run.visits->mistake.empty()) return failed("evaluates " + run.visits->mistake);
  if (run.ended.outcome != Outcome::ran) return without_answer(run);
  if (run.visits->points.empty()) return failed("evaluates nothing");
  return finite(run.answer) ? passed(fmt::format("{} points", run.visits->points.size()))
                            : failed("answers " + text_of(run.answer));
}

CheckOutcome stays(Checker& checker, const KnownObjective& objective) {
  const Run run = checker.run(objective, objective.minimiser);
  if (run.ended.outcome != Outcome::ran) return without_answer(run);
  return same_bits(run.answer, objective.minimiser)
             ? passed("stays")
             : failed(fmt::format("started at the minimiser {}, answers {}",
                                  text_of(objective.minimiser), text_of(run.answer)));
}

CheckOutcome deterministic(Checker& checker, const KnownObjective& objective) {
  const Run first = checker.run(objective, objective.start);
  const Run second = checker.run(objective, objective.start);
  if (first.ended.outcome != Outcome::ran) return without_answer(first);
  if (second.ended.outcome != Outcome::ran) return without_answer(second);
  const auto& points = first.visits->points;
  const auto& again = second.visits->points;
  for (std::size_t i = 0; i < std::min(points.size(), again.size()); ++i) {
    if (!same_bits(points[i], again[i])) {
      return failed(fmt::format("evaluation {} is at {}, and the second time at {}", i + 1,
                                text_of(points[i]), text_of(again[i])));
    }
  }
  if (points.size() != again.size()) {
    return failed(
        fmt::format("{} evaluations, and the second time {}", points.size(), again.size()));
  }
  return same_bits(first.answer, second.answer)
             ? passed(fmt::format("{} points", points.size()))
             : failed(fmt::format("answers {}, and the second time {}", text_of(first.answer),
                                  text_of(second.answer)));
}

/// The same quantities enter the first step, to the bit, so that the first point differs
/// by its own rounding alone: two operations a run.
CheckOutcome translation(Checker& checker, const KnownObjective& objective) {
  constexpr double shift = 4;
  const Run here = checker.run(objective, objective.start);
  const Run there = checker.run(objective, objective.start, shift);
  if (here.ended.outcome != Outcome::ran) return without_answer(here);
  if (there.ended.outcome != Outcome::ran) return without_answer(there);
  const auto& points = here.visits->points;
  const auto& moved = there.visits->points;
  for (std::size_t at = 0; at < std::min({points.size(), moved.size(), std::size_t{2}}); ++at) {
    for (std::size_t i = 0; i < points[at].size(); ++i) {
      const double allowed =
          2 * checker.unit_roundoff() * (std::abs(points[at][i]) + std::abs(moved[at][i]) + shift);
      if (!(std::abs(moved[at][i] - shift - points[at][i]) <= allowed)) {
        return failed(fmt::format("evaluation {} is at {}, and moved by {} at {}", at + 1,
                                  text_of(points[at]), shift, text_of(moved[at])));
      }
    }
  }
  const double allowed = objective.distance(checker.allowed_gradient(objective)) +
                         objective.distance(checker.allowed_gradient(objective, shift));
  for (std::size_t i = 0; i < here.answer.size(); ++i) {
    if (!(std::abs(there.answer[i] - shift - here.answer[i]) <= allowed)) {
      return failed(fmt::format("answers {}, and moved by {} it answers {}", text_of(here.answer),
                                shift, text_of(there.answer)));
    }
  }
  return passed(fmt::format("answers {} and {}", text_of(here.answer), text_of(there.answer)));
}

CheckOutcome not_late(Checker& checker, const KnownObjective& objective) {
  const Run first = checker.run(objective, objective.start);
  if (first.ended.outcome != Outcome::ran) return without_answer(first);
  const Run second = checker.run(objective, objective.minimiser);
  const long late = first.visits->late + second.visits->late;
  return late == 0 ? passed("none")
                   : failed(fmt::format("{} evaluations after the answer was given", late));
}

CheckOutcome answer_evaluated(Checker& checker, const KnownObjective& objective) {
  const Run run = checker.run(objective, objective.start);
  if (run.ended.outcome != Outcome::ran) return without_answer(run);
  const auto is_answer = [&](const Point& point) { return same_bits(point, run.answer); };
  if (std::ranges::any_of(run.visits->points, is_answer)) return passed("it was evaluated");
  double lowest = std::numeric_limits<double>::infinity();
  for (const double value : run.visits->values) lowest = std::min(lowest, value);
  const double value = checker.value_at(objective, run.answer);
  const std::string text =
      fmt::format("answers {}, which it never evaluated, of value {}; the lowest seen is {}",
                  text_of(run.answer), shortest_decimal(value), shortest_decimal(lowest));
  return value <= lowest * (1 + 2 * checker.unit_roundoff()) ? passed(text) : failed(text);
}

CheckOutcome two_tensors(Checker& checker, const KnownObjective& objective) {
  const auto length = static_cast<long>(objective.start.size());
  const Run run = checker.run(objective, objective.start, 0, {1, length - 1});
  if (!run.visits->mistake.empty()) return failed("evaluates " + run.visits->mistake);
  if (run.ended.outcome != Outcome::ran) return without_answer(run);
  const double norm = checker.gradient_norm(objective, run.answer);
  const double allowed = checker.allowed_gradient(objective);
  const std::string text = fmt::format("answers {}\n  gradient  {:.3g}, where {:.3g} is allowed",
                                       text_of(run.answer), norm, allowed);
  return norm <= allowed ? passed(text) : failed(text);
}

}  // namespace

std::vector<NamedCheck> minimizer_checks(const MinimizerCheckOptions& options) {
  const auto checker = std::make_shared<Checker>(options);
  std::vector<NamedCheck> checks;
  const auto add = [&](std::string_view kind, const KnownObjective& objective,
                       CheckOutcome (*body)(Checker&, const KnownObjective&)) {
    checks.push_back(
        with_known_deviations({fmt::format("{}/{}", kind, objective.name),
                               [checker, &objective, body] { return body(*checker, objective); }},
                              options.known_deviations));
  };
  for (const KnownObjective& objective : known_objectives()) {
    add("descends", objective, descends);
    add("reaches", objective, reaches);
    add("finite", objective, evaluates_finite);
    add("stays", objective, stays);
    add("deterministic", objective, deterministic);
    add("translation", objective, translation);
    add("not-late", objective, not_late);
    add("answer-evaluated", objective, answer_evaluated);
    add("two-tensors", objective, two_tensors);
  }
  return checks;
}

}  // namespace plumbline::conformance
