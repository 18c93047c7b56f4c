// What schedules' files state of their rates, held against certified rates, of every dialect and
// for random hyperparameters.
#include <gtest/gtest.h>

#include <numeric>

#include "conformance/properties/schedule_property.hpp"
#include "reference/catalogue.hpp"
#include "reference/numbers/certified.hpp"

namespace plumbline::conformance {
namespace {

constexpr int questions_each = 32;

/// Both are enclosures, of one number.
bool may_be_equal(const Certified& one, const Certified& other) {
  return (one - other).contains(0);
}

std::vector<Certified> rates_at(const ScheduleQuestion& question, const Dialect& dialect,
                                const std::vector<long>& steps) {
  return question.schedule->values<Certified>(question.hyperparameters, dialect.choices,
                                              Access::direct, steps);
}

std::vector<Certified> all_rates(const ScheduleQuestion& question, const Dialect& dialect) {
  std::vector<long> steps(static_cast<std::size_t>(question.until + 1));
  std::iota(steps.begin(), steps.end(), 0L);
  return rates_at(question, dialect, steps);
}

ScheduleFacts<Certified> facts_of(const ScheduleQuestion& question, const Dialect& dialect) {
  return question.schedule->facts<Certified>(question.hyperparameters, dialect.choices,
                                             question.until);
}

/// Calls check(question, dialect) for random questions about every dialect of every schedule.
template <class Check>
void for_random_questions(const Check& check) {
  for (const Schedule& schedule : all_schedules()) {
    for (const Dialect& dialect : schedule.dialects) {
      std::mt19937_64 random(1);
      for (int index = 0; index < questions_each; ++index) {
        ScheduleQuestion question =
            random_schedule_question(schedule, dialect, index % 3 == 0, random);
        // Some end in the middle of a phase.
        if (index % 4 == 1) question.until = 1 + question.until * index / questions_each;
        SCOPED_TRACE(std::string(schedule.name) + "/" + std::string(dialect.name) + " " +
                     schedule_question_text(question));
        certify([&] { check(question, dialect); });
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

TEST(ScheduleFacts, PiecesAreMonotone) {
  long steps_in_pieces = 0, steps = 0;
  for_random_questions([&](const ScheduleQuestion& question, const Dialect& dialect) {
    const auto rates = all_rates(question, dialect);
    steps += question.until;
    for (const MonotonePiece& piece : facts_of(question, dialect).pieces) {
      ASSERT_LE(piece.first, piece.last);
      ASSERT_LE(piece.last, question.until);
      bool rises = false, falls = false;
      for (auto t = static_cast<std::size_t>(piece.first); t < static_cast<std::size_t>(piece.last);
           ++t) {
        const Certified step = rates[t + 1] - rates[t];
        rises = rises || step.lower() > 0;
        falls = falls || step.upper() < 0;
      }
      EXPECT_FALSE(rises && falls) << "steps " << piece.first << " to " << piece.last;
      steps_in_pieces += piece.last - piece.first;
    }
  });
  // Little is left out: jumps, and the way up of cycles that shrink with every step.
  EXPECT_GT(steps_in_pieces, steps * 9 / 10);
}

TEST(ScheduleFacts, EndsAreTheRatesThere) {
  for_random_questions([&](const ScheduleQuestion& question, const Dialect& dialect) {
    const auto facts = facts_of(question, dialect);
    EXPECT_FALSE(facts.ends.empty());
    for (const auto& end : facts.ends) {
      const Certified difference = rates_at(question, dialect, {end.step})[0] - end.rate;
      EXPECT_TRUE(difference.contains(0)) << "step " << end.step;
      EXPECT_LT(difference.upper() - difference.lower(), 1e-40) << "step " << end.step;
    }
  });
}

TEST(ScheduleFacts, SumsHoldTheSumsOfRates) {
  long closed = 0, enclosed = 0, narrow = 0;
  for_random_questions([&](const ScheduleQuestion& question, const Dialect& dialect) {
    const auto rates = all_rates(question, dialect);
    for (const auto& known : facts_of(question, dialect).sums) {
      if (known.last > question.until || known.first > known.last) continue;
      Certified sum;
      for (long step = known.first; step <= known.last; ++step) {
        sum = sum + rates[static_cast<std::size_t>(step)];
      }
      EXPECT_TRUE(may_be_equal(sum, known.sum))
          << "steps " << known.first << " to " << known.last << ": " << sum.midpoint()
          << " is not in [" << known.sum.lower() << ", " << known.sum.upper() << "]";
      const double width = known.sum.upper() - known.sum.lower();
      const bool is_closed = width <= 1e-12 * sum.midpoint();
      ++(is_closed ? closed : enclosed);
      if (!is_closed && width < 0.25 * sum.midpoint()) ++narrow;
    }
  });
  EXPECT_GT(closed, 2 * enclosed);
  // The others are of phases of a step or two.
  EXPECT_GT(narrow, enclosed * 9 / 10);
}

TEST(ScheduleFacts, PeriodsBringTheRatesAgain) {
  long found = 0;
  for_random_questions([&](const ScheduleQuestion& question, const Dialect& dialect) {
    const auto period = facts_of(question, dialect).period;
    if (!period) return;
    ++found;
    for (long step = period->from; step < period->from + std::min(period->length, 40L); ++step) {
      const auto rates =
          rates_at(question, dialect, {step, step + period->length, step + 1000 * period->length});
      EXPECT_TRUE(may_be_equal(rates[0], rates[1])) << "step " << step;
      EXPECT_TRUE(may_be_equal(rates[0], rates[2])) << "step " << step;
    }
  });
  EXPECT_GT(found, 5 * questions_each);
}

TEST(ScheduleFacts, PowerLawsGiveTheRatioOfRates) {
  long found = 0;
  for_random_questions([&](const ScheduleQuestion& question, const Dialect& dialect) {
    const auto law = facts_of(question, dialect).power_law;
    if (!law) return;
    ++found;
    for (long step = std::max(1L, law->from); step < 1L << 20; step = 3 * step + 1) {
      const auto rates = rates_at(question, dialect, {step, 2 * step});
      const Certified t(static_cast<double>(step));
      const Certified ratio =
          power((t + law->offset) / (2 * t + law->offset), Certified(law->exponent));
      EXPECT_TRUE(may_be_equal(rates[1], ratio * rates[0])) << "step " << step;
    }
  });
  EXPECT_GT(found, 7 * questions_each);
}

// By hand, from the formulas.
TEST(ScheduleFacts, KnowWhichScheduleIsOfWhichClass) {
  struct Known {
    std::string_view schedule, dialect;
    std::optional<double> exponent;
    bool period;
  };
  const Known known[] = {
      {"constant", "constant", 0.0, true},
      {"cosine_annealing", "closed_form", {}, true},
      {"cosine_annealing", "clamped", {}, false},
      {"cyclical", "triangular", {}, true},
      {"cyclical", "triangular2", {}, false},
      {"cyclical", "exp_range", {}, false},
      {"cyclical", "cosine", {}, true},
      {"cosine_warm_restarts", "end_as_rate", {}, true},
      {"exponential", "closed_form", {}, false},
      {"inverse_sqrt_horizon", "known", 0.0, true},
      {"inverse_sqrt_horizon", "unknown", 0.5, false},
      {"inverse_time", "continuous", 1.0, false},
      {"inverse_time", "staircase", {}, false},
      {"noam", "from_one", 0.5, false},
      {"warmup_inverse_sqrt", "scaled", 0.5, false},
      {"wsd", "linear", {}, false},
      {"one_cycle", "two_cosines", {}, false},
  };
  for (const Known& fact : known) {
    const Schedule& schedule = *find_schedule(fact.schedule);
    std::vector<double> usual;
    for (const Hyperparameter& hyperparameter : schedule.hyperparameters) {
      usual.push_back(hyperparameter.default_value);
    }
    certify([&] {
      const auto facts = schedule.facts<Certified>(
          usual, find_dialect(schedule.dialects, fact.dialect)->choices, 100);
      EXPECT_EQ(facts.period.has_value(), fact.period) << fact.schedule << "/" << fact.dialect;
      ASSERT_EQ(facts.power_law.has_value(), fact.exponent.has_value()) << fact.schedule;
      if (!fact.exponent) return;
      EXPECT_EQ(facts.power_law->exponent, *fact.exponent) << fact.schedule;
    });
  }
}

}  // namespace
}  // namespace plumbline::conformance
