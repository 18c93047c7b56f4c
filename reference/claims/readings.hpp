// How a verdict follows from what was computed.
//
// A sentence may be read in more than one way. It holds when every reading does, holds under a
// condition when some do (the condition names them), and is refuted when none does: the least
// restrictive reading counts, since to call a true sentence wrong is the worst fault.
#pragma once

#include <string>
#include <vector>

#include "reference/claim.hpp"
#include "reference/numbers/certified.hpp"

namespace plumbline::claims {

/// n, exactly.
inline Certified whole(long number) {
  return Certified::ratio(number, 1);
}

/// A decimal of which every digit is proved. Throws NotEnoughPrecision.
Figure figure(std::string name, const Certified& value, int digits = 12);
Figure figure(std::string name, long value);
Figure figure(std::string name, std::string value);

/// "about n": to its one significant digit, or, as widely as the word can be read, within a
/// factor of two.
bool is_to_one_digit(long counted, long stated);
bool is_within_factor_two(long counted, long stated);

/// True where the two decimals round alike: |value - stated| is at most half a unit of the
/// stated number's last place.
bool rounds_to(const Certified& value, long numerator, long denominator);

/// left <= right, where equality may be meant: true only where proved.
bool at_most(const Certified& left, const Certified& right);

class Readings {
 public:
  /// `reading` completes "holds under ...".
  void add(std::string reading, bool holds);
  void add(Figure shown) { figures_.push_back(std::move(shown)); }
  /// Said where the sentence fails in some reading.
  void counterexample(std::string text) { counterexample_ = std::move(text); }

  Finding finding() const;

 private:
  std::vector<std::string> holding_, failing_;
  std::vector<Figure> figures_;
  std::string counterexample_;
};

}  // namespace plumbline::claims
