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
