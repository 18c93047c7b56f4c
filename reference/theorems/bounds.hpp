// Known worst-case bounds of methods that are no rules of the catalogue: each is a method, what
// is observed where it ends, and a bound. The files bounds_*.cpp have one entry a method, gathered
// from the examples of PEPit (Goujaud et al. 2024, Math. Program. Comput. 16), where each was
// checked with a semidefinite program; here most are attained exactly, by a function.
#pragma once

#include "reference/theorem.hpp"

namespace plumbline::theorems {

/// A method, and its guarantee after N steps from the problem's start.
struct EndBound {
  std::function<CertifiedVector(const Problem&, long steps)> end;
  std::function<Certified(const Problem&, const CertifiedVector& end)> observed;
  std::function<Certified(const Problem&, long steps)> bound;
};

/// For every N from 1 to `most` on the problem that belongs to N.
Run end_run(std::string name, Role role, const EndBound& bound,
            const std::function<Problem(long steps)>& problem, long most);
/// ... on one problem.
Run end_run(std::string name, Role role, const EndBound& bound, const Problem& problem, long most);
/// ... on objectives of the catalogue.
void add_catalogue_runs(std::vector<Run>& runs, const EndBound& bound,
                        std::initializer_list<const char*> objectives, long most);

Certified gap_at(const Problem& problem, const CertifiedVector& point);
Certified squared_distance_at(const Problem& problem, const CertifiedVector& point);
Certified squared_gradient_at(const Problem& problem, const CertifiedVector& point);
CertifiedVector gradient_at(const Problem& problem, const CertifiedVector& point);

CertifiedVector start_of(const Problem& problem);
/// f(x_0) - f*, ||x_0 - x*||^2, L and mu.
Certified first_gap(const Problem& problem);
Certified first_squared_distance(const Problem& problem);
Certified smoothness_of(const Problem& problem);
Certified strong_convexity_of(const Problem& problem);

/// x + factor (x - before).
CertifiedVector pushed(const CertifiedVector& x, const CertifiedVector& before,
                       const Certified& factor);
/// x_{t+1} = x_t + momentum_t (x_t - x_{t-1}) - rate_t f'(x_t): x after so many steps.
struct HeavyBall {
  Certified rate, momentum;
};
CertifiedVector heavy_ball_end(const Problem& problem, long steps,
                               const std::function<HeavyBall(long step)>& coefficients);

/// The same with mu said to be so: below what it is, if it is.
Problem with_strong_convexity(Problem problem, const Rational& strong_convexity);
Problem with_smoothness(Problem problem, const Rational& smoothness);

/// Huber's function on which a method's N steps from 1 just reach the knee: with the way K that
/// they go where the slope is L throughout, the knee is 1/(2K + 1), and the gap then is
/// L/(2 (2K + 1)).
Problem huber_for(const EndBound& bound, const Rational& smoothness, long steps);

/// The sequence t_0 = 1, t_{k+1} = (1 + sqrt(1 + factor t_k^2))/2.
Certified next_in_sequence(const Certified& term, int factor = 4);

}  // namespace plumbline::theorems
