// Gradient streams: how a case's gradients are made.
//
// Streams are counter-based: the value at (seed, step, parameter, element) is a
// function of these four numbers alone, computed in integers and rounded once to
// bfloat16, so that any language can make the same bits:
//
//   mix(x)     SplitMix64's finalizer: x += 0x9e3779b97f4a7c15;
//              x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9; x = (x ^ x >> 27) *
//              0x94d049bb133111eb; x ^ x >> 31                (64 bits, wrapping)
//   word       mix(mix(mix(mix(seed) ^ step) ^ parameter) ^ element)
//   gaussian   (sum of the word's four 16-bit parts - 131070) * 2^-15 * 2^exponent
//   uniform    (2 floor(word / 2^59) + 1) * 2^-6 * 2^exponent: one of 32 midpoints in (0, 1)
//   direction  +-(1 + (element mod 8)/8) * 2^exponent, the sign from the top bit of
//              the word at step 0
//
// and each result is rounded to bfloat16, to nearest, ties to even.
#pragma once

#include <cstdint>
#include <string_view>

namespace plumbline::conformance {

enum class StreamKind {
  gaussian,        ///< near-normal, standard deviation 1.15 * 2^exponent
  constant,        ///< the direction, at every step
  alternating,     ///< the direction, its sign turning at every step
  growing,         ///< the direction, doubling at every step
  big_then_small,  ///< gaussian; from step 4 on 2^12 times smaller
  spike,           ///< gaussian; step 4 alone is 2^12 times larger
  sparse,          ///< gaussian in one of four places, else 0
  zeros_first,     ///< 0 in steps 1 to 3, then gaussian
  zero,            ///< 0
  uniform,         ///< in (0, 1) * 2^exponent
  drift,           ///< the direction plus half a gaussian: does not average out
};

struct Stream {
  StreamKind kind = StreamKind::gaussian;
  int exponent = 0;
  std::uint64_t seed = 1;
};

/// SplitMix64's finalizer, as above.
std::uint64_t mix(std::uint64_t value);

std::string_view name_of(StreamKind kind);

/// The gradient's element at this step (from 1), exact in bfloat16.
double stream_value(const Stream& stream, long step, std::size_t parameter, std::size_t element);

}  // namespace plumbline::conformance
