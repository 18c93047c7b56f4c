# The HTML pages, in headless Chromium. Where there is none, the test fails and says so.
target_link_libraries(pages_test PRIVATE plumbline_pages)
add_test(NAME pages
  COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/pages/pages.py $<TARGET_FILE:plumbline>)
set_tests_properties(pages PROPERTIES TIMEOUT 300)

# What was taken from npm is what its README says.
add_test(NAME vendored_checksums
  COMMAND sh -c "grep -E '^[0-9a-f]{64}  ' README.md | sha256sum --check --strict"
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/tools/pages/vendor)
