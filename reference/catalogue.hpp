// The catalogue: every rule, schedule and clipping that Plumbline knows, by name.
//
// reference/ is the mathematics: numbers, rules, schedules, clipping, and this list of
// them. Each is written once, generic over the number it runs on; the number decides
// what comes out of it (certified digits, an acceptance interval, a plain result). It
// depends on nothing else here.
#pragma once

#include <span>
#include <string_view>

#include "reference/clipping.hpp"
#include "reference/rule.hpp"
#include "reference/schedule.hpp"

namespace plumbline {

std::span<const Rule> all_rules();
std::span<const Schedule> all_schedules();
std::span<const Clipping> all_clippings();

/// By name; null where there is none.
const Rule* find_rule(std::string_view name);
const Schedule* find_schedule(std::string_view name);
const Clipping* find_clipping(std::string_view name);

}  // namespace plumbline
