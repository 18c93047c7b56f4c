// A row of the claims ledger: a quantitative sentence of a document under seeds/, and the
// computation that decides whether it holds.
//
// No verdict is written down. A claim is a function that computes what the sentence speaks of
// and compares; and beside it stands the same function on a planted sentence, one whose figures
// would call for another verdict. That is its control: a check that can't fail is no check.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

enum class ClaimVerdict {
  holds,
  holds_under,  ///< in some of the sentence's readings, or under a condition it does not say
  refuted,
  convention  ///< documents or libraries define it differently, and both forms are dialects
};
/// "holds", "holds under", "refuted", "convention"
std::string_view name_of(ClaimVerdict verdict);

/// A number with its name. Of a decimal every digit is proved, to one unit of the last; whole
/// numbers and quotients "p/q" are exact.
struct Figure {
  std::string name;
  std::string value;
};

/// What a computation found.
struct Finding {
  ClaimVerdict verdict;
  std::string condition;  ///< under which it holds; of a convention: the two dialects
  std::vector<Figure> figures;
  std::string counterexample;  ///< where it fails
};

struct Claim {
  std::string id;  ///< the document's number, and what it is about
  std::string_view document;
  int line;              ///< in the document, from 1
  std::string sentence;  ///< in short, in our words
  std::string computed;
  std::function<Finding()> compute;
  std::string planted;  ///< a sentence like this one that must get another verdict
  std::function<Finding()> compute_planted;
  /// The command that shows it; none: `plumbline claims ID`.
  std::string reproduce = {};

  /// The finding, at whatever precision it needs.
  Finding find() const;
  Finding find_planted() const;
};

/// Every claim, in the order of the documents and of their lines.
std::span<const Claim> all_claims();

}  // namespace plumbline
