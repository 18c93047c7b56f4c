#include "conformance/cases/stream.hpp"

#include <cmath>

#include "reference/numbers/format.hpp"

namespace plumbline::conformance {
namespace {

std::uint64_t word_at(std::uint64_t seed, std::uint64_t step, std::uint64_t parameter,
                      std::uint64_t element) {
  return mix(mix(mix(mix(seed) ^ step) ^ parameter) ^ element);
}

double gaussian(std::uint64_t word) {
  const std::uint64_t sum =
      (word & 0xffff) + (word >> 16 & 0xffff) + (word >> 32 & 0xffff) + (word >> 48);
  return (static_cast<double>(sum) - 131070) * 0x1p-15;
}

}  // namespace

std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

std::string_view name_of(StreamKind kind) {
  switch (kind) {
    case StreamKind::gaussian:
      return "gaussian";
    case StreamKind::constant:
      return "constant";
    case StreamKind::alternating:
      return "alternating";
    case StreamKind::growing:
      return "growing";
    case StreamKind::big_then_small:
      return "big-then-small";
    case StreamKind::spike:
      return "spike";
    case StreamKind::sparse:
      return "sparse";
    case StreamKind::zeros_first:
      return "zeros-first";
    case StreamKind::zero:
      return "zero";
    case StreamKind::uniform:
      return "uniform";
    case StreamKind::drift:
      return "drift";
  }
  return "";
}

double stream_value(const Stream& stream, long step, std::size_t parameter, std::size_t element) {
  const std::uint64_t word =
      word_at(stream.seed, static_cast<std::uint64_t>(step), parameter, element);
  const std::uint64_t fixed = word_at(stream.seed, 0, parameter, element);
  const double direction =
      ((fixed >> 63) != 0 ? -1.0 : 1.0) * (1 + static_cast<double>(element % 8) / 8);

  double value = 0;
  switch (stream.kind) {
    case StreamKind::gaussian:
      value = gaussian(word);
      break;
    case StreamKind::constant:
      value = direction;
      break;
    case StreamKind::alternating:
      value = step % 2 == 0 ? direction : -direction;
      break;
    case StreamKind::growing:
      value = std::ldexp(direction, static_cast<int>(step) - 1);
      break;
    case StreamKind::big_then_small:
      value = gaussian(word) * (step < 4 ? 1 : 0x1p-12);
      break;
    case StreamKind::spike:
      value = gaussian(word) * (step == 4 ? 0x1p12 : 1);
      break;
    case StreamKind::sparse:
      value = (fixed + word) % 4 == 0 ? gaussian(word) : 0;
      break;
    case StreamKind::zeros_first:
      value = step < 4 ? 0 : gaussian(word);
      break;
    case StreamKind::zero:
      break;
    case StreamKind::uniform:
      value = static_cast<double>(2 * (word >> 59) + 1) / 64;
      break;
    case StreamKind::drift:
      value = direction + gaussian(word) / 2;
      break;
  }
  return BFloat16::description.round(std::ldexp(value, stream.exponent));
}

}  // namespace plumbline::conformance
