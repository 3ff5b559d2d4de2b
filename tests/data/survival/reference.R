# Makes reference.csv and tests.csv, which the survival figures of this program are compared with.
# Run in this folder with R and its package survival: Rscript reference.R
library(survival)
options(digits = 15)

write_set <- function(name, frame) {
  write.csv(frame, paste0(name, ".csv"), row.names = FALSE, quote = FALSE)
  frame
}

cohort <- read.csv("../cohort19.csv")
sets <- list(
  leukemia = write_set("leukemia", data.frame(
    time = aml$time, event = aml$status, group = as.character(aml$x))),
  ovarian = write_set("ovarian", data.frame(
    time = ovarian$futime, event = ovarian$fustat, group = paste0("rx", ovarian$rx))),
  lung = write_set("lung", data.frame(
    time = lung$time, event = lung$status - 1, group = paste0("sex", lung$sex))),
  # Ties, curves that touch one half exactly and go on or stay, one at nought, one without event.
  edges = write_set("edges", data.frame(
    time = c(1, 2, 3, 4, 1, 1, 2, 2.5, 2.5, 6, 3, 5, 5, 7, 8, 0, 0, 2, 4, 4, 9, 1, 2, 3, 4),
    event = c(1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0),
    group = rep(c("half", "ties", "none", "nought", "flat"), c(4, 6, 5, 6, 4)))),
  cohort_os = write_set("cohort_os", data.frame(
    time = cohort$os_months, event = cohort$death_event, group = cohort$eln2022_paper)),
  cohort_rfs = write_set("cohort_rfs", data.frame(
    time = cohort$rfs_months, event = cohort$relapse_event, group = cohort$eln2022_paper))
)

rows <- list()
tests <- list()
put <- function(set, group, what, time, ...) {
  rows[[length(rows) + 1]] <<- data.frame(set = set, group = group, what = what, time = time, ...)
}
test <- function(set, what, statistic, p) {
  tests[[length(tests) + 1]] <<- data.frame(set = set, what = what, statistic = statistic, p = p)
}

# As print(fit) has it, not quantile(fit): a curve that stays at one half ends its median there.
put_median <- function(set, group, what, fit) {
  found <- unname(summary(fit)$table[c("median", "0.95LCL", "0.95UCL")])
  put(set, group, what, NA, at_risk = fit$n, events = sum(fit$n.event), censored = NA,
      survival = found[1], lower = found[2], upper = found[3])
}

one <- function(set, group, frame) {
  fit <- survfit(Surv(time, event) ~ 1, frame, conf.type = "log-log")
  put(set, group, "curve", fit$time, at_risk = fit$n.risk, events = fit$n.event,
      censored = fit$n.censor, survival = fit$surv, lower = fit$lower, upper = fit$upper)
  put_median(set, group, "median", fit)
  turned <- survfit(Surv(time, 1 - event) ~ 1, frame, conf.type = "log-log")
  put_median(set, group, "follow_up", turned)
}

for (set in names(sets)) {
  frame <- sets[[set]]
  one(set, "", frame)
  for (group in unique(frame$group)) one(set, group, frame[frame$group == group, ])
  found <- survdiff(Surv(time, event) ~ group, frame)
  groups <- length(found$n)
  test(set, "logrank", found$chisq, pchisq(found$chisq, groups - 1, lower.tail = FALSE))
}

ages <- split(cohort$age_years, cohort$flt3_itd == "positive" & cohort$mrd_pre_fcm == "positive")
suppressWarnings({
  found <- wilcox.test(ages[["TRUE"]], ages[["FALSE"]])
  test("cohort", "mann_whitney_age", unname(found$statistic), found$p.value)
  wbc <- split(cohort$wbc_e9_per_l, cohort$mrd_pre_fcm)
  found <- wilcox.test(wbc$positive, wbc$negative)
  test("cohort", "mann_whitney_wbc", unname(found$statistic), found$p.value)
  found <- wilcox.test(c(1, 2, 2, 3, 5, 8), c(2, 4, 4, 9, 10, 11, 12))
  test("numbers", "mann_whitney_ties", unname(found$statistic), found$p.value)
  found <- chisq.test(matrix(c(12, 5, 7, 9), 2))
  test("table", "chi_square_2x2", unname(found$statistic), found$p.value)
  found <- chisq.test(matrix(c(10, 20, 30, 25, 15, 12), 2))
  test("table", "chi_square_2x3", unname(found$statistic), found$p.value)
})
test("table", "fisher_2x2", NA, fisher.test(matrix(c(3, 1, 2, 9), 2))$p.value)
test("table", "fisher_2x3", NA, fisher.test(matrix(c(3, 1, 2, 9, 4, 5), 2))$p.value)
test("table", "fisher_3x3", NA, fisher.test(matrix(c(3, 0, 2, 1, 6, 2, 0, 1, 4), 3))$p.value)
test("cohort", "fisher_sex_by_mrd", NA, fisher.test(table(cohort$sex, cohort$mrd_pre_fcm))$p.value)
test("cohort", "fisher_eln_by_mrd", NA,
     fisher.test(table(cohort$eln2022_paper, cohort$mrd_pre_fcm))$p.value)

write.csv(do.call(rbind, rows), "reference.csv", row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, tests), "tests.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "survival", as.character(packageVersion("survival")), "\n")
