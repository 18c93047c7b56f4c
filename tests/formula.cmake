# The printed formulas against hand-derived ones, exactly. Needs Debian's python3-mpmath.
add_test(NAME formulas
  COMMAND /usr/bin/python3 -B tests/formula/formulas_test.py $<TARGET_FILE:plumbline>
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(formulas PROPERTIES TIMEOUT 300)

add_test(NAME tensor_formulas
  COMMAND /usr/bin/python3 -B tests/formula/tensor_formulas_test.py $<TARGET_FILE:plumbline>
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(tensor_formulas PROPERTIES TIMEOUT 900)

# Every single fault, where the runs above try one in two and one in eight:
# tools/test --deep -R faults_deep
add_test(NAME faults_deep
  COMMAND /usr/bin/python3 -B tests/formula/formulas_test.py $<TARGET_FILE:plumbline> TheComparison
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME tensor_faults_deep
  COMMAND /usr/bin/python3 -B tests/formula/tensor_formulas_test.py $<TARGET_FILE:plumbline>
          TheTensorComparison
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(faults_deep tensor_faults_deep PROPERTIES
  TIMEOUT 1800 LABELS deep ENVIRONMENT PLUMBLINE_DEEP=1)
