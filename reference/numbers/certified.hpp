// Certified: an interval that encloses the exact real result.
//
// Boost.Multiprecision over MPFI, at the process's current precision. Every
// operation rounds outward, so the true value is always inside. `certify` runs a
// computation at rising precision until all the digits asked for are proved.
//
// The library's own headers stay inside certified.cpp, so that a rule compiles
// quickly; the price is one allocation a value, which does not matter here.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace plumbline {

/// Thrown where an enclosure is too wide to decide a comparison or to fix the
/// digits asked for; certify() catches it and doubles the precision.
struct NotEnoughPrecision : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thrown where a matrix may be one that a function has no value for: singular, or with two
/// equal eigenvalues. No precision shows that it is, so that certify() gives up sooner.
struct MaybeSingular : NotEnoughPrecision {
  using NotEnoughPrecision::NotEnoughPrecision;
};

/// Thrown where a divisor may be zero; no precision shows that it is.
struct MaybeDividedByZero : NotEnoughPrecision {
  using NotEnoughPrecision::NotEnoughPrecision;
};

class Certified {
 public:
  Certified();              ///< exactly 0
  Certified(double exact);  ///< exactly this value
  Certified(int exact);     ///< exactly this value
  Certified(const Certified& other);
  Certified(Certified&& other) noexcept;
  Certified& operator=(const Certified& other);
  Certified& operator=(Certified&& other) noexcept;
  ~Certified();

  /// The quotient of two integers, enclosed.
  static Certified ratio(long numerator, long denominator);

  friend Certified operator+(const Certified& left, const Certified& right);
  friend Certified operator-(const Certified& left, const Certified& right);
  friend Certified operator*(const Certified& left, const Certified& right);
  /// Throws std::domain_error when the divisor is exactly 0.
  friend Certified operator/(const Certified& left, const Certified& right);
  friend Certified operator-(const Certified& value);
  friend Certified square(const Certified& value);
  /// Throws std::domain_error when the radicand is certainly negative.
  friend Certified sqrt(const Certified& value);
  friend Certified abs(const Certified& value);
  friend Certified max(const Certified& left, const Certified& right);
  friend Certified min(const Certified& left, const Certified& right);
  friend Certified sign(const Certified& value);
  friend Certified cos(const Certified& value);
  /// base^exponent for a positive base, or a base of exactly 0. Throws std::domain_error
  /// for a negative base, and for 0 with a negative exponent.
  friend Certified power(const Certified& base, const Certified& exponent);
  friend Certified exp(const Certified& value);
  /// Throws std::domain_error when the value is certainly not positive.
  friend Certified log(const Certified& value);
  friend Certified tanh(const Certified& value);
  friend Certified erf(const Certified& value);
  friend bool less(const Certified& left, const Certified& right);
  friend Certified certified_pi();
  /// The middle of the enclosure, or a number near it, as a single point.
  friend Certified centre(const Certified& value);
  /// All numbers of a magnitude up to that of the radius.
  friend Certified spread(const Certified& radius);

  /// True when the enclosure holds this value.
  bool contains(double value) const;
  /// True when the enclosures of the two have no value in common.
  static bool disjoint(const Certified& left, const Certified& right);
  /// True when both enclosures are the same single point.
  static bool identical(const Certified& left, const Certified& right);
  /// Ends of the enclosure, rounded outward to binary64.
  double lower() const;
  double upper() const;
  double midpoint() const;

  /// The value in decimal with `digits` significant digits, every one proved: the
  /// enclosure is narrower than one unit of the last digit and lies within one unit
  /// of the number written. Nothing when the enclosure is too wide.
  std::optional<std::string> decimal(int digits) const;

  /// True when the enclosure is the single point that the decimal text writes.
  bool is_exactly(const std::string& decimal) const;

  /// Precision in bits of all Certified arithmetic; one value for the process, so
  /// certified computations run one at a time (certify() sees to it).
  static int precision();
  static void set_precision(int bits);

  struct Value;

 private:
  explicit Certified(std::unique_ptr<Value> value);
  std::unique_ptr<Value> value_;
};

/// cos(pi numerator/denominator), exact at every multiple of pi/2.
Certified cos_pi(long numerator, long denominator);

/// pi, enclosed at the current precision.
Certified certified_pi();

/// Versions of the libraries that certified numbers are computed with.
struct ArithmeticVersions {
  std::string mpfr, mpfi, boost;
};
ArithmeticVersions arithmetic_versions();

constexpr int certified_least_precision = 192;
constexpr int certified_greatest_precision = 1 << 15;
constexpr int certified_greatest_precision_for_matrices = 3072;

/// Runs `computation` at rising precision until it no longer throws
/// NotEnoughPrecision, and gives back its result. Past `certified_greatest_precision`
/// bits the last one is thrown on, naming the limit; MaybeSingular sooner. The
/// precision used is written to *precision_used where that is given.
template <class Computation>
auto certify(Computation&& computation, int* precision_used = nullptr) {
  for (int bits = certified_least_precision;; bits *= 2) {
    Certified::set_precision(bits);
    if (precision_used != nullptr) *precision_used = bits;
    try {
      return computation();
    } catch (const MaybeSingular&) {
      if (bits >= certified_greatest_precision_for_matrices) throw;
    } catch (const MaybeDividedByZero&) {
      if (bits >= certified_greatest_precision) throw;
    } catch (const NotEnoughPrecision& failure) {
      if (bits >= certified_greatest_precision) {
        throw NotEnoughPrecision(std::string(failure.what()) + " (precision limit of " +
                                 std::to_string(bits) + " bits reached)");
      }
    }
  }
}

}  // namespace plumbline
