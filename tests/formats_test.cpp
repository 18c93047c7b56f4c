// The formats, and ordinary arithmetic in them, against hardware and Eigen.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <eigen3/Eigen/Core>
#include <limits>
#include <set>
#include <string>
#include <vector>

// RapidCheck's macros come after Eigen's headers.
#include <rapidcheck/gtest.h>

#include "reference/numbers/format.hpp"
#include "reference/numbers/plain.hpp"

namespace plumbline {
namespace {

// The same cases every time, unless RC_PARAMS says otherwise.
const int fixed_seed = setenv("RC_PARAMS", "seed=754 max_success=10000", 0);

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// 64 bits at full range; RapidCheck scales its integers by the size otherwise.
std::uint64_t word() {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
}

/// A double with this range of exponents, often on or just beside a tie of `precision`
/// bits. The word 0 stands for 1.0 where that is in the range.
double decode(std::uint64_t bits, int least, int greatest, int precision) {
  const int count = greatest - least + 1;
  const int exponent = least + (static_cast<int>((bits >> 3) & 0xfff) + count - least) % count;
  std::uint64_t fraction = (bits >> 15) << 3 | (bits & 7);
  const std::uint64_t kept = ~0ULL << std::max(52 - precision, 0) & ((1ULL << 52) - 1);
  switch (bits >> 1 & 3) {
    case 0:
      fraction &= 7ULL << 49;
      break;
    case 1:
      fraction &= kept;
      break;
    case 2:
      fraction = (fraction & kept) == 0 ? 0 : (fraction & kept) + ((bits >> 20 & 2) - 1);
      break;
    default:
      break;
  }
  fraction &= (1ULL << 52) - 1;
  const double significand = 1 + std::ldexp(static_cast<double>(fraction), -52);
  return std::ldexp((bits & 1) != 0 ? -significand : significand, exponent);
}

/// A double near the format's range: normal, subnormal, tie, just past overflow.
double near_range(const FormatDescription& format) {
  return decode(word(), std::max(format.least_exponent - format.precision - 2, -1074),
                std::min(format.greatest_exponent + 1, 1023), format.precision);
}

/// A value of the format, of any exponent, infinity and zero included.
double value_of(const FormatDescription& format) {
  return format.round(near_range(format));
}

/// Equal as values and in the sign of zero; all NaNs are one.
bool same(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return std::isnan(left) && std::isnan(right);
  return left == right && std::signbit(left) == std::signbit(right);
}

/// Every finite value of a 16-bit format, in order, with infinity's place at the ends.
template <class Sixteen>
std::vector<double> all_values() {
  std::vector<double> values;
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    const auto value = Eigen::numext::bit_cast<Sixteen>(static_cast<std::uint16_t>(bits));
    const double wide = static_cast<double>(static_cast<float>(value));
    if (std::isfinite(wide) && !(wide == 0 && std::signbit(wide))) values.push_back(wide);
  }
  std::sort(values.begin(), values.end());
  return values;
}

/// Rounding by its definition: the nearest of the list, on a tie the one with an even
/// significand; past the largest by half a spacing, infinity.
double nearest_in(const std::vector<double>& values, double value) {
  const double magnitude = std::abs(value);
  const double largest = values.back();
  const double spacing = largest - values[values.size() - 2];
  if (magnitude >= largest + spacing / 2) return std::copysign(infinity, value);
  if (magnitude >= largest) return std::copysign(largest, value);
  const auto above = std::upper_bound(values.begin(), values.end(), magnitude);
  const auto below = above - 1;
  const Quadruple up = Quadruple(*above) - Quadruple(magnitude);
  const Quadruple down = Quadruple(magnitude) - Quadruple(*below);
  // Values of one format alternate between even and odd from 0 on.
  const auto zero = std::lower_bound(values.begin(), values.end(), 0.0);
  const bool below_is_even = (below - zero) % 2 == 0;
  const double chosen = up < down || (up == down && !below_is_even) ? *above : *below;
  return std::copysign(chosen, value);
}

template <class Sixteen>
double through(double value) {
  return static_cast<double>(static_cast<float>(Sixteen(static_cast<float>(value))));
}

// ---- Formats --------------------------------------------------------------

RC_GTEST_PROP(Round, IsTheHardwareConversionForBinary32, ()) {
  const double value = near_range(Binary32::description);
  RC_LOG() << std::hexfloat << value;
  RC_ASSERT(same(Binary32::description.round(value), double(static_cast<float>(value))));
}

RC_GTEST_PROP(Round, IsTheHardwareConversionForBinary32AtAllDoubles, ()) {
  const double value = std::bit_cast<double>(word());
  RC_ASSERT(same(Binary32::description.round(value), double(static_cast<float>(value))));
}

RC_GTEST_PROP(Round, IsTheIdentityForBinary64, ()) {
  const double value = std::bit_cast<double>(word());
  RC_ASSERT(same(Binary64::description.round(value), value));
}

RC_GTEST_PROP(Round, AgreesWithEigenOnFloats, ()) {
  const double brain = static_cast<float>(near_range(BFloat16::description));
  RC_ASSERT(same(BFloat16::description.round(brain), through<Eigen::bfloat16>(brain)));
  const double half = static_cast<float>(near_range(Binary16::description));
  RC_ASSERT(same(Binary16::description.round(half), through<Eigen::half>(half)));
}

RC_GTEST_PROP(Round, IsNearestTiesToEvenByDefinition, ()) {
  static const std::vector<double> brains = all_values<Eigen::bfloat16>();
  static const std::vector<double> halves = all_values<Eigen::half>();
  const double brain = near_range(BFloat16::description);
  RC_ASSERT(same(BFloat16::description.round(brain), nearest_in(brains, brain)));
  const double half = near_range(Binary16::description);
  RC_ASSERT(same(Binary16::description.round(half), nearest_in(halves, half)));
}

// Negative control: going through binary32 first rounds twice, and that is seen.
TEST(Round, RoundingTwiceIsTheWrongAnswer) {
  const double value = 1 + 0x1p-8 + 0x1p-40;  // just above a tie of bfloat16
  EXPECT_EQ(BFloat16::description.round(value), 1 + 0x1p-7);
  EXPECT_EQ(BFloat16::description.round(static_cast<float>(value)), 1);
}

TEST(Round, SpecialValues) {
  for (const SubjectFormat& format : subject_formats()) {
    const FormatDescription& described = format.arithmetic;
    EXPECT_TRUE(same(described.round(0.0), 0.0));
    EXPECT_TRUE(same(described.round(-0.0), -0.0));
    EXPECT_TRUE(same(described.round(infinity), infinity));
    EXPECT_TRUE(same(described.round(-infinity), -infinity));
    EXPECT_TRUE(std::isnan(described.round(nan)));
    EXPECT_EQ(described.round(described.largest()), described.largest());
    if (described.precision == 53) continue;
    // Half a spacing past the largest value is the tie that goes to infinity.
    const double tie = std::ldexp(2 - described.unit_roundoff(), described.greatest_exponent);
    EXPECT_EQ(described.round(tie), infinity);
    EXPECT_EQ(described.round(std::nextafter(tie, 0)), described.largest());
    // Half the least subnormal is the tie that goes to zero, with its sign.
    const double half = described.least_subnormal() / 2;
    EXPECT_TRUE(same(described.round(-half), -0.0));
    EXPECT_EQ(described.round(std::nextafter(half, 1)), described.least_subnormal());
    EXPECT_EQ(described.round(3 * half), 2 * described.least_subnormal());
  }
}

TEST(Format, ConstantsAreThoseOfTheMachineAndOfEigen) {
  const auto check = [](const FormatDescription& format, double epsilon, double normal,
                        double subnormal, double largest) {
    EXPECT_EQ(2 * format.unit_roundoff(), epsilon) << format.name;
    EXPECT_EQ(format.least_normal(), normal) << format.name;
    EXPECT_EQ(format.least_subnormal(), subnormal) << format.name;
    EXPECT_EQ(format.largest(), largest) << format.name;
  };
  using Double = std::numeric_limits<double>;
  using Float = std::numeric_limits<float>;
  using Half = std::numeric_limits<Eigen::half>;
  using Brain = std::numeric_limits<Eigen::bfloat16>;
  const auto wide = [](auto value) { return static_cast<double>(static_cast<float>(value)); };
  check(Binary64::description, Double::epsilon(), Double::min(), Double::denorm_min(),
        Double::max());
  check(Binary32::description, wide(Float::epsilon()), wide(Float::min()),
        wide(Float::denorm_min()), wide(Float::max()));
  // Eigen 3.4 has the epsilon of half wrong (2^-13), so that one is written out.
  check(Binary16::description, 0x1p-10, wide(Half::min()), wide(Half::denorm_min()), 65504);
  EXPECT_EQ(Binary16::description.largest(), wide(Half::max()));
  check(BFloat16::description, 0x1p-7, wide(Float::min()), wide(Brain::denorm_min()), 0x1.fep127);
}

/// Is `above` the format's next value over `below`, by the list of all values?
template <class Sixteen>
void expect_neighbours(const FormatDescription& format) {
  const std::vector<double> values = all_values<Sixteen>();
  for (std::size_t at = 0; at + 1 < values.size(); ++at) {
    ASSERT_EQ(format.next(values[at], true), values[at + 1]) << values[at];
    ASSERT_EQ(format.next(values[at + 1], false), values[at]) << values[at + 1];
  }
  EXPECT_EQ(format.next(values.back(), true), infinity);
  EXPECT_EQ(format.next(values.front(), false), -infinity);
}

TEST(Next, IsTheNeighbourForEverySixteenBitValue) {
  expect_neighbours<Eigen::bfloat16>(BFloat16::description);
  expect_neighbours<Eigen::half>(Binary16::description);
}

RC_GTEST_PROP(Next, IsNextafterForBinary32AndBinary64, ()) {
  const double narrow = value_of(Binary32::description);
  const double wide = value_of(Binary64::description);
  const float limit = std::numeric_limits<float>::infinity();
  if (std::isfinite(narrow)) {
    const auto value = static_cast<float>(narrow);
    RC_ASSERT(Binary32::description.next(narrow, true) == double(std::nextafter(value, limit)));
    RC_ASSERT(Binary32::description.next(narrow, false) == double(std::nextafter(value, -limit)));
  }
  RC_ASSERT(Binary64::description.next(wide, true) == std::nextafter(wide, infinity));
  RC_ASSERT(Binary64::description.next(wide, false) == std::nextafter(wide, -infinity));
}

RC_GTEST_PROP(Holds, IsTrueOfRoundedValuesAndOfNoOthers, ()) {
  for (const SubjectFormat& format : subject_formats()) {
    const FormatDescription& described = format.arithmetic;
    const double value = value_of(described);
    RC_ASSERT(described.holds(value));
    if (described.precision == 53 || !std::isfinite(value)) continue;
    RC_ASSERT(!described.holds(std::nextafter(value, infinity)));
    RC_ASSERT(!described.holds((value + described.next(value, true)) / 2) ||
              described.next(value, true) == infinity);
  }
}

TEST(Holds, ZerosInfinitiesAndNaN) {
  for (const SubjectFormat& format : subject_formats()) {
    for (const double value : {0.0, -0.0, infinity, -infinity, nan, 1.0}) {
      EXPECT_TRUE(format.arithmetic.holds(value)) << format.name << ' ' << value;
    }
  }
  EXPECT_FALSE(Binary16::description.holds(65536));
  EXPECT_FALSE(Binary32::description.holds(0.1));
}

TEST(FindFormat, EveryListedNameIsFoundAsItself) {
  std::set<std::string> names;
  for (const SubjectFormat& format : subject_formats()) {
    const auto found = find_format(format.name);
    ASSERT_TRUE(found.has_value()) << format.name;
    EXPECT_EQ(found->name, format.name);
    EXPECT_EQ(found->storage.name, format.storage.name);
    EXPECT_EQ(found->arithmetic.name, format.arithmetic.name);
    EXPECT_TRUE(names.insert(format.name).second) << "listed twice: " << format.name;
  }
}

TEST(FindFormat, AnyPairIsStoragePlusArithmetic) {
  const auto mixed = find_format("binary16+binary64");
  ASSERT_TRUE(mixed.has_value());
  EXPECT_TRUE(mixed->mixed());
  EXPECT_EQ(mixed->storage.name, "binary16");
  EXPECT_EQ(mixed->arithmetic.name, "binary64");
  EXPECT_FALSE(find_format("binary32")->mixed());
}

TEST(FindFormat, UnknownNamesAreNotFound) {
  for (const char* name : {"", "float", "Binary32", "binary32 ", "binary128", "+", "binary32+",
                           "+binary32", "bfloat16+binary32+binary64", "bfloat16+float"}) {
    EXPECT_FALSE(find_format(name).has_value()) << '"' << name << '"';
  }
}

TEST(WithArithmetic, CallsWithTheTypeThatIsDescribed) {
  for (const SubjectFormat& format : subject_formats()) {
    const std::string_view name =
        with_arithmetic(format.arithmetic, []<class Format>() { return Format::description.name; });
    EXPECT_EQ(name, format.arithmetic.name);
  }
}

// ---- Plain ----------------------------------------------------------------

/// Every operation of Plain<Format> against the same operation of a type that has it.
template <class Format, class Native>
void expect_native_operations() {
  using Number = Plain<Format>;
  const double left = value_of(Format::description);
  const double right =
      (word() & 3) == 0 ? Format::description.next(left, true) : value_of(Format::description);
  RC_LOG() << std::hexfloat << left << " and " << right << '\n';
  const auto native = [](double value) { return static_cast<Native>(static_cast<float>(value)); };
  const auto wide = [](Native value) { return static_cast<double>(static_cast<float>(value)); };
  const Native a = native(left), b = native(right);
  RC_ASSERT(wide(a) == left && wide(b) == right);
  RC_ASSERT(same((Number(left) + Number(right)).value(), wide(a + b)));
  RC_ASSERT(same((Number(left) - Number(right)).value(), wide(a - b)));
  RC_ASSERT(same((Number(left) * Number(right)).value(), wide(a * b)));
  RC_ASSERT(same((Number(left) / Number(right)).value(), wide(a / b)));
  RC_ASSERT(same(square(Number(left)).value(), wide(a * a)));
  using std::sqrt;
  RC_ASSERT(same(sqrt(Number(left)).value(), wide(sqrt(a))));
  RC_ASSERT(same((-Number(left)).value(), wide(-a)));
  RC_ASSERT(same(abs(Number(left)).value(), std::abs(left)));
  RC_ASSERT(max(Number(left), Number(right)).value() == std::max(left, right));
  RC_ASSERT(min(Number(left), Number(right)).value() == std::min(left, right));
  RC_ASSERT(less(Number(left), Number(right)) == (a < b));
  RC_ASSERT(sign(Number(left)).value() == (left > 0) - (left < 0));
}

RC_GTEST_PROP(Plain, Binary32IsFloat, ()) {
  expect_native_operations<Binary32, float>();
}
RC_GTEST_PROP(Plain, BFloat16IsEigensBFloat16, ()) {
  expect_native_operations<BFloat16, Eigen::bfloat16>();
}
RC_GTEST_PROP(Plain, Binary16IsEigensHalf, ()) {
  expect_native_operations<Binary16, Eigen::half>();
}

RC_GTEST_PROP(Plain, Binary64IsDouble, ()) {
  using Number = Plain<Binary64>;
  const double a = value_of(Binary64::description);
  const double b = value_of(Binary64::description);
  RC_ASSERT(same((Number(a) + Number(b)).value(), a + b));
  RC_ASSERT(same((Number(a) - Number(b)).value(), a - b));
  RC_ASSERT(same((Number(a) * Number(b)).value(), a * b));
  RC_ASSERT(same((Number(a) / Number(b)).value(), a / b));
  RC_ASSERT(same(sqrt(Number(a)).value(), std::sqrt(a)));
  RC_ASSERT(same(square(Number(a)).value(), a * a));
}

// Negative control: the comparison can tell formats apart.
TEST(Plain, FormatsDiffer) {
  EXPECT_EQ((Plain<BFloat16>(256) + Plain<BFloat16>(1)).value(), 256);
  EXPECT_EQ((Plain<Binary16>(256) + Plain<Binary16>(1)).value(), 257);
  EXPECT_EQ((Plain<Binary16>(2048) + Plain<Binary16>(1)).value(), 2048);
  EXPECT_EQ((Plain<Binary32>(0x1p24) + Plain<Binary32>(1)).value(), 0x1p24);
  EXPECT_EQ((Plain<Binary16>(256) * Plain<Binary16>(256)).value(), infinity);
}

TEST(Plain, NaNGoesThroughMaxMinAndSign) {
  using Number = Plain<Binary32>;
  EXPECT_TRUE(std::isnan(max(Number(nan), Number(1)).value()));
  EXPECT_TRUE(std::isnan(max(Number(1), Number(nan)).value()));
  EXPECT_TRUE(std::isnan(min(Number(nan), Number(1)).value()));
  EXPECT_TRUE(std::isnan(min(Number(1), Number(nan)).value()));
  EXPECT_TRUE(std::isnan(sign(Number(nan)).value()));
}

// A scalar in binary64 meets an element: one rounding, of the result.
RC_GTEST_PROP(Plain, AScalarIsRoundedOnlyWithTheResult, ()) {
  const double scalar = decode(word(), -20, 20, 53);
  const double element = Binary32::description.round(decode(word(), -60, 60, 24));
  const Plain<Binary64> wide(scalar);
  const double result = (Plain<Binary32>(wide) * Plain<Binary32>(element)).value();
  RC_ASSERT(result == double(static_cast<float>(scalar * element)));
}

/// Noise moves a result to a neighbour on the exact result's other side, and no further.
template <class Format>
void expect_noise_within_two_roundings() {
  const FormatDescription& format = Format::description;
  const double left = value_of(format), right = value_of(format);
  const double nearest = (Plain<Format>(left) * Plain<Format>(right)).value();
  if (!std::isfinite(nearest)) return;
  rounding_noise() = {.active = true, .state = word()};
  const double noisy = (Plain<Format>(left) * Plain<Format>(right)).value();
  rounding_noise() = {};
  const Quadruple exact = Quadruple(left) * Quadruple(right);
  const Quadruple error =
      Quadruple(noisy) < exact ? exact - Quadruple(noisy) : Quadruple(noisy) - exact;
  const Quadruple magnitude = exact < 0 ? -exact : exact;
  const Quadruple bound =
      2 * Quadruple(format.unit_roundoff()) * magnitude + Quadruple(format.least_subnormal());
  RC_ASSERT(noisy == infinity || noisy == -infinity || error <= bound);
  RC_ASSERT(format.holds(noisy));
  if (Quadruple(nearest) == exact) RC_ASSERT(noisy == nearest);
}

RC_GTEST_PROP(RoundingNoise, StaysWithinTwoRoundings, ()) {
  expect_noise_within_two_roundings<Binary64>();
  expect_noise_within_two_roundings<Binary32>();
  expect_noise_within_two_roundings<BFloat16>();
  expect_noise_within_two_roundings<Binary16>();
}

TEST(RoundingNoise, TakesBothNeighbours) {
  std::set<double> results;
  rounding_noise() = {.active = true, .state = 1};
  for (int run = 0; run < 64; ++run) {
    results.insert((Plain<Binary32>(1) / Plain<Binary32>(3)).value());
  }
  rounding_noise() = {};
  EXPECT_EQ(results.size(), 2u);
  EXPECT_LT(*results.begin(), 1.0 / 3);
  EXPECT_GT(*results.rbegin(), 1.0 / 3);
}

}  // namespace
}  // namespace plumbline
