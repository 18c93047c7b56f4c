// Formulas as text and as LaTeX.
//
// Text: `m_t = beta1 m_{t-1} + (1 - beta1) g_t`. A space multiplies, and binds as `/`
// does; subscripts as in TeX; `||g||` is a symbol; sum(x) is over all elements; and
// `if(a < b, x, y)` is x where a < b. Parentheses only where the order needs them.
#pragma once

#include <string>
#include <vector>

#include "reference/formula/formula.hpp"

namespace plumbline {

/// One line each: the start; then, under a heading `t = 1:` or `t >= 2:` where steps
/// differ, `g_t at ...` where the gradient is not taken at theta_{t-1}, and assignments.
std::vector<std::string> text_lines(const Formula& formula);

/// The same as one `aligned` environment, for a display formula.
std::string latex(const Formula& formula);

std::string to_text(const Traced& value);
std::string to_latex(const Traced& value);

}  // namespace plumbline
