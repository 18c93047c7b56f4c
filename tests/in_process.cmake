# In process: googletest.hpp's own test, that a filter finds a case by its name, and that a
# program made of one adapter can be checked over the protocol.
target_link_libraries(googletest_test PRIVATE plumbline_googletest)
add_test(NAME googletest_filter
  COMMAND googletest_test --gtest_filter=gradient_descent/*.acceptance/gaussian/dyadic)
set_tests_properties(googletest_filter PROPERTIES PASS_REGULAR_EXPRESSION "PASSED  . 1 test")

add_executable(example_subject ${PROJECT_SOURCE_DIR}/tools/adapters/example_subject.cpp)
target_link_libraries(example_subject PRIVATE plumbline_conformance)
add_test(NAME example_subject
  COMMAND plumbline check --rule adam --format binary64 --format binary32 -- $<TARGET_FILE:example_subject>)
set_tests_properties(example_subject PROPERTIES PASS_REGULAR_EXPRESSION "conforms +paper")
