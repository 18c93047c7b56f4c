// The floating-point formats that subjects compute in.
//
// A format is described twice: as a type, for the numbers that are templates over
// it, and as a value (FormatDescription), for code that meets its name at run time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "reference/numbers/quadruple.hpp"

namespace plumbline {

/// The parameters of a binary floating-point format (IEEE 754-2019, table 3.5).
struct FormatDescription {
  std::string_view name;
  int precision;          ///< significand bits, the leading one included (p)
  int greatest_exponent;  ///< of the leading bit of the largest finite value (emax)
  int least_exponent;     ///< of the leading bit of the least normal value (emin)

  /// Unit roundoff u = 2^-p: the relative error of one rounding to nearest.
  double unit_roundoff() const;
  double least_normal() const;
  double least_subnormal() const;
  double largest() const;
  /// True when `value` is one of the format's own values (infinity and NaN too).
  bool holds(double value) const;
  /// `value` rounded to nearest, ties to even; overflow gives infinity.
  double round(double value) const;
  /// The neighbour of `value` in the format, towards +infinity or -infinity.
  double next(double value, bool upwards) const;
};

// `Wide` is the arithmetic in which acceptance intervals of the format are
// computed: its precision is far above the format's, and so is its range.
// `Scalar` is the format of what is computed from hyperparameters alone. It is a type
// of its own, since a hyperparameter need not be a value of the tensors' format; and
// nobody computes beta^t in 16 bits and stays right, so there it is binary32.
struct Binary64Scalar {
  static constexpr FormatDescription description{"binary64", 53, 1023, -1022};
  using Wide = Quadruple;
  using Scalar = Binary64Scalar;
};
struct Binary32Scalar {
  static constexpr FormatDescription description{"binary32", 24, 127, -126};
  using Wide = double;
  using Scalar = Binary32Scalar;
};
struct Binary64 {
  static constexpr FormatDescription description{"binary64", 53, 1023, -1022};
  using Wide = Quadruple;
  using Scalar = Binary64Scalar;
};
struct Binary32 {
  static constexpr FormatDescription description{"binary32", 24, 127, -126};
  using Wide = double;
  using Scalar = Binary32Scalar;
};
struct BFloat16 {
  static constexpr FormatDescription description{"bfloat16", 8, 127, -126};
  using Wide = double;
  using Scalar = Binary32Scalar;
};
struct Binary16 {
  static constexpr FormatDescription description{"binary16", 11, 15, -14};
  using Wide = double;
  using Scalar = Binary32Scalar;
};

/// True for the formats of scalars.
template <class Format>
inline constexpr bool is_scalar_format = std::is_same_v<Format, typename Format::Scalar>;

/// A format as the protocol names it: `binary32`, or `bfloat16+binary32`, where
/// parameters and gradients are stored in the first and state and arithmetic are
/// in the second.
struct SubjectFormat {
  std::string name;
  FormatDescription storage;
  FormatDescription arithmetic;
  bool mixed() const { return storage.name != arithmetic.name; }
};

/// Every format of the protocol, in the order in which reports list them.
std::span<const SubjectFormat> subject_formats();

/// The format with this name, or nothing. Any STORAGE+ARITHMETIC pair is known.
std::optional<SubjectFormat> find_format(std::string_view name);

/// Calls `body.template operator()<Format>()` with the type of the format's arithmetic.
template <class Body>
decltype(auto) with_arithmetic(const FormatDescription& format, Body&& body) {
  if (format.name == Binary64::description.name) return body.template operator()<Binary64>();
  if (format.name == BFloat16::description.name) return body.template operator()<BFloat16>();
  if (format.name == Binary16::description.name) return body.template operator()<Binary16>();
  return body.template operator()<Binary32>();
}

}  // namespace plumbline
