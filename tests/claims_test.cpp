// The claims ledger: complete, decided by computation (every row's planted sentence gets another
// verdict), and its figures held against values derived by hand or by others.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "reference/claim.hpp"
#include "reference/claims/documents.hpp"

namespace plumbline {
namespace {

/// Every finding once.
const std::map<std::string, Finding>& findings() {
  static const std::map<std::string, Finding> all = [] {
    std::map<std::string, Finding> found;
    for (const Claim& claim : all_claims()) found.emplace(claim.id, claim.find());
    return found;
  }();
  return all;
}

std::string figure_of(const std::string& id, const std::string& name) {
  for (const Figure& figure : findings().at(id).figures) {
    if (figure.name == name) return figure.value;
  }
  ADD_FAILURE() << id << " has no figure \"" << name << "\"";
  return "";
}

TEST(Claims, EveryRowIsWhole) {
  std::set<std::string> ids;
  for (const Claim& claim : all_claims()) {
    EXPECT_TRUE(ids.insert(claim.id).second) << claim.id;
    EXPECT_EQ(claim.id.substr(0, 3), claim.document.substr(0, 3)) << claim.id;
    EXPECT_GT(claim.line, 0) << claim.id;
    for (const std::string& text : {claim.sentence, claim.computed, claim.planted}) {
      EXPECT_FALSE(text.empty()) << claim.id;
    }
    const Finding& finding = findings().at(claim.id);
    EXPECT_FALSE(finding.figures.empty()) << claim.id;
    std::set<std::string> names;
    for (const Figure& figure : finding.figures) {
      EXPECT_TRUE(names.insert(figure.name).second) << claim.id << ": " << figure.name;
      EXPECT_FALSE(figure.value.empty()) << claim.id << ": " << figure.name;
    }
    const bool fails =
        finding.verdict == ClaimVerdict::refuted || finding.verdict == ClaimVerdict::holds_under;
    EXPECT_EQ(fails, !finding.counterexample.empty()) << claim.id;
    const bool bound =
        finding.verdict == ClaimVerdict::holds_under || finding.verdict == ClaimVerdict::convention;
    EXPECT_EQ(bound, !finding.condition.empty()) << claim.id;
  }
}

TEST(Claims, EveryDocumentIsCovered) {
  EXPECT_GE(all_claims().size(), 60u);
  std::map<std::string_view, int> rows;
  for (const Claim& claim : all_claims()) ++rows[claim.document];
  EXPECT_EQ(rows.size(), std::size(claims::all_documents));
  for (const std::string_view document : claims::all_documents) {
    EXPECT_GE(rows[document], 10) << document;
  }
}

TEST(Claims, EveryVerdictOccurs) {
  std::map<ClaimVerdict, int> verdicts;
  for (const auto& [id, finding] : findings()) ++verdicts[finding.verdict];
  EXPECT_EQ(verdicts.size(), 4u);
}

TEST(Claims, FiguresAreThoseDerivedByHand) {
  // 100^2 (99/101)^460: error 1/100 after log 100/log(101/99) = 230.3 steps.
  EXPECT_EQ(figure_of("002-steps-for-two-decimals", "steps until error at most 1/100 of the first"),
            "231");
  // |1 - 0.19 * 10|
  EXPECT_EQ(figure_of("004-rho", "contraction at kappa = 10, eta = 19/100"), "9/10");
  // L R^2/(4T + 2) at T = 100
  EXPECT_EQ(figure_of("002-convex-bound", "gap over L R^2 after 100 steps, worst case"), "1/402");
  // (2 - 1/10)/(2 - 8/10)
  EXPECT_EQ(
      figure_of("000-linear-scaling",
                "stationary variance afterwards over before, eta lambda = 1/10, both times 8"),
      "19/12");
  // (N - B)/(N - 1) with N = 5, B = 2
  EXPECT_EQ(figure_of("000-variance-bound", "variance over sigma^2/B, B = 2 without replacement"),
            "3/4");
  // (1 + c)/(1 - c) with c^2 = 400/401
  EXPECT_EQ(figure_of("002-adagrad-whitens-rosenbrock",
                      "least condition number of a diagonal scaling at (1, 1)")
                .substr(0, 9),
            "1601.9993");
  // 3^10 - 2^10 - 1
  EXPECT_EQ(figure_of("003-saddles-outnumber-minima",
                      "saddles in ten dimensions, sums of double wells (x^2 - 1)^2"),
            "58024");
  EXPECT_EQ(figure_of("000-memory-adafactor", "parameters and state"), "P + rows + columns");
}

TEST(Claims, FindingsAreDeterministic) {
  for (const Claim& claim : all_claims()) {
    if (claim.id.find("rosenbrock") != std::string::npos) continue;  // known from one run
    const Finding again = claim.find();
    const Finding& first = findings().at(claim.id);
    EXPECT_EQ(again.verdict, first.verdict) << claim.id;
    EXPECT_EQ(again.condition, first.condition) << claim.id;
    ASSERT_EQ(again.figures.size(), first.figures.size()) << claim.id;
    for (std::size_t i = 0; i < again.figures.size(); ++i) {
      EXPECT_EQ(again.figures[i].value, first.figures[i].value) << claim.id;
    }
  }
}

TEST(Claims, RosenbrockCountsAreThoseOfASecondComputation) {
  // By tests/second_derivation/claims.py, in mpmath.
  const auto steps = [](const char* run, const char* stop) {
    return std::string("steps, ") + run + ", until " + stop;
  };
  const char* descent = "gradient descent at 0.001";
  EXPECT_EQ(figure_of("002-rosenbrock-gradient-descent",
                      steps(descent, "each coordinate rounds to 1.0000")),
            "24261");
  EXPECT_EQ(figure_of("002-rosenbrock-gradient-descent", steps(descent, "distance below 1e-4")),
            "22804");
  EXPECT_EQ(figure_of("002-rosenbrock-momentum",
                      steps("momentum 0.9, rate_outside", "each coordinate within 1e-4")),
            "2154");
  EXPECT_EQ(figure_of("002-rosenbrock-adam", steps("Adam at 0.05", "each coordinate within 1e-4")),
            "862");
}

// The control of every row: were the sentence another, so would be the verdict.
TEST(Claims, PlantedSentencesGetAnotherVerdict) {
  for (const Claim& claim : all_claims()) {
    EXPECT_NE(claim.find_planted().verdict, findings().at(claim.id).verdict)
        << claim.id << ": " << claim.planted;
  }
}

}  // namespace
}  // namespace plumbline
